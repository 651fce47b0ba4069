/// What decided a run, and how to run it again.
struct ConfigurationSection {
  private let values: [(key: String, value: String)]
  private let defaults: [String: String]

  /// - Throws: `TrainingFailure.configuration` for an unknown model.
  init(_ configuration: TrainingConfiguration) throws {
    values = try configuration.values()
    defaults = try configuration.defaultValues()
  }

  var markup: [Markup] {
    let changed = values.filter { defaults[$0.key] != $0.value }
    return [
      ReportPage.table(
        "What differs from the model's defaults", ["key", "value", "default"],
        changed.map { [Markup($0.key), .element("code", $0.value), Markup(defaults[$0.key] ?? "none")] },
        isNumeric: false),
      .element(
        "details",
        [
          .element("summary", "All \(values.count) values of config.json"),
          ReportPage.table(
            "Every value of config.json", ["key", "value"],
            values.map { [Markup($0.key), .element("code", $0.value)] }, isNumeric: false, isCaptionShown: false),
        ]),
    ]
  }

  /// Commands that give the same weights again.
  ///
  /// - Throws: `TrainingFailure.configuration` for an unknown model.
  static func commands(_ configuration: TrainingConfiguration, run: Int?) throws -> [Markup] {
    let words = try configuration.commandWords(out: "again")
    let which = run.map { " Run \($0) of it is this one." } ?? ""
    return [
      ReportPage.paragraph(
        "On the same data and version of Grove this gives the same weights, whatever the number of threads.\(which)"),
      ReportPage.commands([TrainingConfiguration.shellLine(words)]),
      ReportPage.paragraph("Or, in the folder of this report:"),
      ReportPage.commands([
        TrainingConfiguration.shellLine([
          "grove", "train", configuration.store, "--config", "config.json", "--out", "again",
        ])
      ]),
    ]
  }
}
