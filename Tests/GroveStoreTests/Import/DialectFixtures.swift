/// One small graph of three papers, written by hand in the dialects that can carry it with decimal ids.
enum ThreePapers {
  static let v12 = """
    [\r
    {"id":101,"authors":[{"name":"Ada Nobody","id":901},{"name":"Bo Fiction","id":902}],"title":"Alpha & beta walks","year":2010,"n_citation":3,"doi":"10.0/a","volume":"4","issue":"2","references":[102,103,999],"indexed_abstract":{"IndexLength":4,"InvertedIndex":{"we":[0],"walk":[1],"on":[2],"graphs":[3]}},"fos":[{"name":"Graph theory","w":0.5},{"name":"Mathematics","w":0.0}],"venue":{"raw":"Journal of Walks","id":501,"type":"J"}}\r
    ,{"id":102,"authors":[{"name":"Bo Fiction","id":902}],"title":"Second Toy","year":2008,"n_citation":1,"doi":"","volume":"","issue":"","references":[103],"fos":[{"name":"Graph theory","w":0.25}],"venue":{"raw":"Conf. of Toys","id":502,"type":"C"}}\r
    ,{"id":103,"authors":[{"name":"Cy Ünder","id":903}],"title":"Third \\"quoted\\" NumberInt(3)","n_citation":0,"doi":"","volume":"","issue":"","indexed_abstract":{"IndexLength":3,"InvertedIndex":{"third":[0],"text":[1],"here":[2]}},"venue":{"raw":""}}\r
    ]\r

    """

  static let v11 = """
    {"id":"101","authors":[{"name":"Ada Nobody","id":"901"},{"name":"Bo Fiction","id":"902"}],"title":"Alpha & beta walks","year":2010,"n_citation":3,"doi":"10.0/a","volume":"4","issue":"2","references":["102","103","999"],"indexed_abstract":{"IndexLength":4,"InvertedIndex":{"we":[0],"walk":[1],"on":[2],"graphs":[3]}},"fos":[{"name":"Graph theory","w":0.5},{"name":"Mathematics","w":0.0}],"venue":{"raw":"Journal of Walks","id":"501"}}
    {"id":"102","authors":[{"name":"Bo Fiction","id":"902"}],"title":"Second Toy","year":2008,"n_citation":1,"references":["103"],"fos":[{"name":"Graph theory","w":0.25}],"venue":{"raw":"Conf. of Toys","id":"502"}}
    {"id":"103","authors":[{"name":"Cy Ünder","id":"903"}],"title":"Third \\"quoted\\" NumberInt(3)","n_citation":0,"indexed_abstract":{"IndexLength":3,"InvertedIndex":{"third":[0],"text":[1],"here":[2]}}}
    """

  /// The fields' weights cannot be told in this dialect as it is published; they are given as in V12.
  static let v13 = """
    [{
      "_id" : "101",
      "title" : "Alpha & beta walks",
      "authors" : [ { "_id" : "901", "name" : "Ada Nobody" }, { "_id" : "902", "name" : "Bo Fiction" } ],
      "venue" : { "_id" : "501", "name_d" : "Journal of Walks", "type" : NumberInt(0), "raw" : "Journal of Walks" },
      "year" : NumberInt(2010), "n_citation" : NumberLong(3), "fos" : [ {"name" : "Graph theory", "w" : 0.5}, {"name" : "Mathematics", "w" : NumberDecimal("0.0")} ],
      "volume" : "4", "issue" : "2", "doi" : "10.0/a", "issn" : "", "pdf" : null,
      "abstract" : "we walk on graphs",
      "references" : [ "102", "103", ObjectId("999") ]
    },
    {
      "_id" : ObjectId("102"),
      "title" : "Second Toy", "authors" : [ { "_id" : "902", "name" : "Bo Fiction" } ],
      "venue" : { "_id" : "502", "raw" : "Conf. of Toys" }, "year" : NumberInt("2008"), "n_citation" : NumberInt( 1 ),
      "volume" : "null", "issue" : "null", "fos" : [ {"name" : "Graph theory", "w" : 0.25} ], "references" : [ "103" ],
      "date" : ISODate("2008-01-01T00:00:00Z")
    },
    {
      "_id" : "103", "title" : "Third \\"quoted\\" NumberInt(3)", "authors" : [ { "_id" : "903", "name" : "Cy Ünder" } ],
      "year" : NumberInt(0), "n_citation" : NumberInt(0), "abstract" : "third text here"
    }]

    """

  /// Tables by name; an author of two affiliations has two rows.
  static let mag: [(name: String, text: String)] = [
    (
      "Papers.txt",
      """
      101\t1\t10.0/a\tJournal\talpha beta walks\tAlpha & beta walks\t\t2010\t2010-01-01\t\tPub\t501\t\t\t4\t2\t1\t9\t3\t3\t3\tJ. W.\t\t\t\t2016-06-24\r
      102\t1\t\tConference\tsecond toy\tSecond Toy\t\t2008\t2008-01-01\t\t\t\t502\t\t\t\t\t\t1\t1\t1\t\t\t\t\t2016-06-24\r
      103\t1\t\t\tthird quoted\tThird "quoted" NumberInt(3)\t\t\t\t\t\t\t\t\t\t\t\t\t0\t0\t0\t\t\t\t\t\r

      """
    ),
    ("PaperReferences.txt", "101\t102\n101\t103\n101\t999\n102\t103\n"),
    (
      "PaperAuthorAffiliations.txt",
      """
      101\t901\t\t1\tAda Nobody\t
      101\t902\t\t2\tBo Fiction\t
      102\t902\t\t1\tBo Fiction\t
      102\t902\t\t1\tBo Fiction\t
      103\t903\t\t1\tCy Ünder\t

      """
    ),
    ("Journals.txt", "501\t1\tjournal of walks\tJournal of Walks\t\t\t\t1\t1\t1\t2016-06-24\n"),
    ("ConferenceSeries.txt", "502\t1\tconf of toys\tConf. of Toys\t1\t1\t1\t2016-06-24\n"),
    ("PaperFieldsOfStudy.txt", "101\tGraph theory\t0.5\n101\tMathematics\t0.0\n102\tGraph theory\t0.25\n"),
    (
      "PaperAbstractsInvertedIndex.txt.1",
      """
      101\t{"IndexLength":4,"InvertedIndex":{"we":[0],"walk":[1],"on":[2],"graphs":[3]}}
      103\t{"IndexLength":3,"InvertedIndex":{"third":[0],"text":[1],"here":[2]}}

      """
    ),
  ]

  static let textA = """
    3
    #*Alpha & beta walks
    #@Ada Nobody,Bo Fiction
    #t2010
    #cJournal of Walks
    #citation3
    #index101
    #arnetid77
    #%102
    #%103
    #%
    #%999
    #!we walk on graphs

    #*Second Toy
    #@Bo Fiction
    #year2008
    #confConf. of Toys
    #citation1
    #index102
    #%103

    #*Third "quoted" NumberInt(3)
    #@Cy Ünder
    #t
    #c
    #citation0
    #index103
    #!third text here
    """

  static let textB = """
    #index 101
    #* Alpha & beta walks
    #@ Ada Nobody;Bo Fiction
    #o -;
    #t 2010
    #c Journal of Walks
    #citation 3
    #% 102
    #% 103
    #% 999
    #! we walk on graphs

    #index 102
    #* Second Toy
    #@ Bo Fiction
    #o -
    #t 2008
    #c Conf. of Toys
    #citation 1
    #% 103
    #index 103
    #* Third "quoted" NumberInt(3)
    #@ Cy Ünder
    #citation 0
    #! third text here
    """

  static let v10 = """
    {"abstract":"we walk on graphs","authors":["Ada Nobody","Bo Fiction"],"id":"101","n_citation":3,"references":["102","103","999"],"title":"Alpha & beta walks","venue":"Journal of Walks","year":2010}
    {"authors":["Bo Fiction"],"id":"102","n_citation":1,"references":["103"],"title":"Second Toy","venue":"Conf. of Toys","year":2008}
    {"abstract":"third text here","authors":["Cy Ünder"],"id":"103","n_citation":0,"title":"Third \\"quoted\\" NumberInt(3)","venue":""}
    """

  static let s2orc = """
    {"paper_id":"101","title":"Alpha & beta walks","authors":[{"first":"Ada","middle":["Q."],"last":"Nobody","suffix":"Jr."},{"first":"Bo","middle":[],"last":"Fiction","suffix":""}],"abstract":"we walk on graphs","year":2010,"doi":"10.0/a","venue":null,"journal":"Journal of Walks","mag_id":"5","mag_field_of_study":["Graph theory","Mathematics"],"outbound_citations":["102","103","999"],"inbound_citations":["888"],"has_pdf_parse":true}
    {"paper_id":"102","title":"Second Toy","authors":[{"first":"Bo","middle":[],"last":"Fiction","suffix":""}],"abstract":null,"year":2008,"doi":null,"venue":"Conf. of Toys","journal":null,"mag_id":null,"mag_field_of_study":["Graph theory"],"outbound_citations":["103"],"inbound_citations":["101"],"has_pdf_parse":false}
    {"paper_id":"103","title":"Third \\"quoted\\" NumberInt(3)","authors":[{"first":"Cy","middle":[],"last":"Ünder","suffix":""}],"abstract":"third text here","year":null,"doi":null,"venue":null,"journal":null,"mag_field_of_study":null,"outbound_citations":[],"inbound_citations":[],"has_pdf_parse":false}
    """
}
