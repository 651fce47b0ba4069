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
    let rows = values.map { key, value -> [Markup] in
      let isDefault = defaults[key] == value
      return [
        Markup(key), .element("code", value),
        Markup(isDefault ? "" : defaults[key].map { "default \($0)" } ?? "no default"),
      ]
    }
    let changed = rows.count - values.count { defaults[$0.key] == $0.value }
    return [
      .element(
        "details", ["open": "open"],
        [
          .element("summary", "\(values.count) values, \(changed) of them not the model's defaults"),
          ReportPage.table(
            "Every value of config.json", ["key", "value", "differs from"], rows, isNumeric: false,
            isCaptionShown: false),
        ])
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
