/// Lists of words that say little of a text.
public enum WordStopList {
  /// Function words of English as the word pattern leaves them: articles, pronouns, prepositions, conjunctions,
  /// auxiliaries and the letters that apostrophes leave over.
  ///
  /// Written for Grove: shorter than scikit-learn's list, which also has words such as "computer" and "system" in it.
  public static let english: [String] = """
    about above across after again against all almost along already also although always am among an and another any
    are around as at be became because become been before being below between both but by can cannot could did do does
    doing done down during each either else etc ever every few for from further had has have having he hence her here
    hers herself him himself his how however if in into is it its itself just ll many may me might mine more most much
    must my myself neither no nor not of off often on once one only onto or other others our ours ourselves out over
    own per rather re same shall she should since so some still such than that the their theirs them themselves then
    there thereby therefore these they this those though through thus to together too toward towards under until up
    upon us ve very via was we well were what when where whereas whether which while who whom whose why will with within
    without would yet you your yours yourself yourselves
    """.split(whereSeparator: \.isWhitespace).map(String.init)
}
