import Foundation
import GroveKernels
import TestSupport
import Testing

/// Wrong words on the command line: exit 64, and nothing is written.
@Suite struct UsageErrorTests {
  @Test(arguments: [
    (["train", "DATA", "--out", "OUT", "--model", "gcnn"], ["'gcnn'", "gcn, sage, gat"]),
    (["train", "DATA", "--out", "OUT", "--modle", "gcn"], ["--modle", "--model", "see grove train --help"]),
    (["train", "DATA", "--out", "OUT", "--metric", "f1"], ["metric", "'f1'", "macroF1"]),
    (["train", "DATA", "--out", "OUT", "--hidden", "wide"], ["--hidden", "wide"]),
    (["train", "DATA", "--out", "OUT", "--hidden", "0"], ["hidden is 0", "at least 1"]),
    (["train", "DATA", "--out", "OUT", "--hidden", "99999999999"], ["hidden", "at most"]),
    (["train", "DATA", "--out", "OUT", "--dropout", "1"], ["dropout is 1"]),
    (["train", "DATA", "--out", "OUT", "--lr", "nan"], ["lr is nan"]),
    (["train", "DATA", "--out", "OUT", "--lr", "inf"], ["lr is inf"]),
    (["train", "DATA", "--out", "OUT", "--seed", "9223372036854775807", "--runs", "2"], ["seed", "at most"]),
    (["train", "DATA", "--out", "OUT", "--norm", "group"], ["norm is 'group'", "batch"]),
    (["train", "DATA", "--out", "OUT", "--optimizer", "lion"], ["optimizer is 'lion'", "adamw"]),
    (["train", "DATA", "--out", "OUT", "--task", "graphs"], ["task is 'graphs'"]),
    (["train", "DATA", "--out", "OUT", "--threads", "0"], ["--threads 0"]),
    (["train", "DATA", "--out", "OUT", "--split", "nowhere"], ["nowhere", "it has public"]),
    (["train", "DATA", "--out", "OUT", "--split", "fraction:.9,.2"], ["fraction:.9,.2", "per-class:20,30"]),
    (["train", "DATA", "--out", "OUT", "--split", "open-world:50"], ["open-world:50", "--task open-world"]),
    (["train", "DATA", "--out", "OUT", "--method", "openima"], ["method is 'openima'", "--task open-world"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world"], ["no open-world split", "grove split"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--method", "openimr"], ["'openimr'", "openima"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--model", "gcnii"], ["gcnii", "gat, gatv2, gcn"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--rho", "0"], ["rho is 0", "at most 100"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--rho", "101"], ["rho is 101", "at most 100"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--tau", "0"], ["tau is 0", "above 0"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--classes", "few"], ["classes is 'few'", "estimate"]),
    (
      ["train", "DATA", "--out", "OUT", "--task", "open-world", "--split", "open-world:20", "--classes", "1"],
      ["classes is 1", "2 seen classes"]
    ),
    (
      ["train", "DATA", "--out", "OUT", "--task", "open-world", "--split", "open-world:20", "--classes", "241"],
      ["classes is 241", "240 nodes"]
    ),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--alignment", "test"], ["alignment is 'test'"]),
    (["train", "DATA", "--out", "OUT", "--task", "open-world", "--variant", "paper"], ["variant is 'paper'"]),
    (
      ["train", "DATA", "--out", "OUT", "--task", "open-world", "--split", "open-world:20", "--fanouts", "5"],
      ["fanouts has 1 number", "openima has 2 layers"]
    ),
    (
      ["train", "DATA", "--out", "OUT", "--task", "open-world", "--fanouts", "5,5", "--temporal"],
      ["no use for temporal"]
    ),
    (
      ["train", "DATA", "--out", "OUT", "--task", "open-world", "--method-options", "margin=1"],
      ["'margin=1'", "openima takes none"]
    ),
    (["train", "DATA", "--out", "OUT", "--features", "abstract"], ["'abstract'", "features, one-hot, learned:WIDTH"]),
    (["train", "DATA", "--out", "OUT", "--relations", "cites"], ["'cites'", "it has edges"]),
    (["train", "DATA", "--out", "OUT", "--config", "CONFIG"], ["config.json", "'weightdecay'", "'weightDecay'"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "15"], ["fanouts has 1 number", "gcn has 2 layers"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "15,10", "--layers", "3"], ["2 numbers", "3 layers"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "15,0"], ["fanouts holds 0", "-1 for all"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "-1,-2"], ["fanouts holds -2"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "15,ten"], ["fanouts is '15,ten'", "such as 15,10"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "5,5", "--batch", "0"], ["batch is 0", "at least 1"]),
    (["train", "DATA", "--out", "OUT", "--batch", "64"], ["batch is 64 without fanouts"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "5", "--model", "sgc"], ["sgc", "no fanouts", "gcn, sage"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "5,5", "--model", "appnp"], ["appnp", "no fanouts"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "5,5", "--model", "gcnii"], ["gcnii", "no fanouts"]),
    (["train", "DATA", "--out", "OUT", "--fanouts", "5,5", "--model", "label-propagation"], ["no fanouts"]),
    (["train", "DATA"], ["--out"]),
    (["train", "--out", "OUT"], ["the graph to train on"]),
    (["train", "DATA", "more", "--out", "OUT"], ["more"]),
    (["train", "--resume", "RUN", "--epochs", "3"], ["--resume"]),
    (["train", "DATA", "--resume", "RUN"], ["--resume"]),
    (["evaluate", "RUN", "--part", "dev"], ["dev", "train, validation or test"]),
    (["evaluate", "RUN", "--run", "1"], ["1 runs", "no run 1"]),
    (["evaluate", "RUN", "--run", "-1"], ["--run"]),
    (["evaluate"], ["path"]),
    (["predict", "RUN", "--out", "OUT.csv"], [".tsv or .jsonl"]),
    (["predict", "RUN"], ["--out"]),
    (["export", "RUN", "--out", "OUT.parquet"], [".npy", ".sqlite"]),
    (["export", "RUN", "--out", "OUT.npy", "--nodes", "author"], ["author", "node"]),
    (["split", "DATA", "--kind", "half"], ["'half'", "planetoid"]),
    (["split", "DATA", "--kind", "per-class:0,3"], ["per-class:0,3"]),
    (["split", "DATA", "--kind", "planetoid", "--as", "../evil"], ["../evil"]),
    (["split", "DATA", "--kind", "time:2015,2017"], ["time:2015,2017", "years.npy"]),
    (["split", "DATA", "--kind", "time:2017,2015"], ["'time:2017,2015'", "time:2015,2017"]),
    (["train", "DATA", "--out", "OUT", "--split", "time:2015,2017"], ["time:2015,2017", "years.npy"]),
    (["split", "DATA"], ["--kind"]),
    (["models", "show", "gnn"], ["'gnn'", "gcn"]),
    (["data", "get", "nothing"], ["'nothing'"]),
    (["data", "make", "oag", "--papers", "0", "--into", "OUT"], ["--papers 0", "see grove data make --help"]),
    (["data", "make", "oag", "--papers=-3", "--into", "OUT"], ["--papers -3"]),
    (
      ["data", "make", "oag", "--papers", "5", "--into", "OUT", "--format", "dblp-v9"],
      ["'dblp-v9'", "oag-v3, dblp-text"]
    ),
    (["data", "make", "oag", "--papers", "5", "--into", "OUT", "--seed=-1"], ["--seed -1"]),
    (["data", "make", "ogb", "--papers", "5", "--into", "OUT"], ["'ogb'", "oag"]),
    (["data", "make", "oag", "--papers", "5"], ["--into"]),
    (["import", "DATA", "--into", "OUT", "--strict", "--dangling", "drop"], ["--dangling, --strict do not go with"]),
    (["import", "DATA", "--into", "OUT", "--author-key", "name"], ["--author-key does not go with a graph"]),
    (["import", "CONFIG", "--into", "OUT", "--undirected"], ["--undirected does not go with records"]),
    (["import", "--labels", "CONFIG", "--into", "OUT", "--strict"], ["--strict does not go with --labels"]),
    (["fly"], ["fly"]),
    (["train", "DATA", "--out", "OUT", "--json=yes"], ["json"]),
  ]) func `wrong words are one line of usage error and write nothing`(words: [String], mentioned: [String]) throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    try AtomicFile.write(#"{"weightdecay": 0.1}"#, to: scratch.file("config.json"))
    if words.contains("RUN") { _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "1"]) }
    let before = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted()
    let places = [
      "DATA": data, "OUT": scratch.file("out"), "RUN": scratch.file("run"), "CONFIG": scratch.file("config.json"),
    ]
    let filled = words.map { word in
      places[word] ?? (word.hasPrefix("OUT.") ? scratch.file("out" + word.dropFirst(3)) : word)
    }
    try expectFailure(filled, code: 64, mentioned)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted() == before)
  }

  @Test func `an option that a model has no use for is said and left out`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = ["train", data, "--out", scratch.file("run"), "--epochs", "1", "--heads", "8", "--alpha", "0.2"]
    let result = try GroveCommand.run(words)
    #expect(result.code == 0 && result.errorLines.count == 2)
    #expect(result.errors.contains("gcn has no use for alpha") && result.errors.contains("gcn has no use for heads"))
  }

  @Test(arguments: ["avx1024", "sse2"]) func `an unknown CPU path lists those that can run`(path: String) throws {
    try expectFailure(["version"], code: 64, ["GROVE_CPU=\(path)", "portable"], environment: ["GROVE_CPU": path])
  }

  @Test func `a run's own config.json gives the same run again and flags come over it`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = ["--model", "gat", "--epochs", "7", "--heads", "2", "--seed", "5", "--patience", "0"]
    let first = try succeed(["train", data, "--out", scratch.file("a")] + words)
    _ = try succeed(["train", data, "--out", scratch.file("b"), "--config", scratch.file("a/config.json")])
    #expect(try contents(scratch.file("a/best.safetensors")) == contents(scratch.file("b/best.safetensors")))
    let longer = [
      "train", data, "--out", scratch.file("c"), "--config", scratch.file("a/config.json"), "--epochs", "9",
    ]
    let third = try succeed(longer)
    #expect(third.number("epochs") == 9 && third.number("parameters") == first.number("parameters"))
  }
}
