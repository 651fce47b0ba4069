/// The areas that papers are planted in: each with a name, words of titles and abstracts, and terms of its fields.
struct SyntheticTopic: Sendable {
  /// What `labels.tsv` calls it.
  let name: String
  /// `wordCount` words of its own.
  let words: [String]
  /// `termCount` terms that its fields and venues are named by.
  let terms: [String]

  static let wordCount = 32
  static let termCount = 16

  private init(_ name: String, words: String, terms: String) {
    self.name = name
    self.words = words.split(whereSeparator: \.isWhitespace).map(String.init)
    self.terms = terms.split(separator: ",").map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    precondition(
      self.words.count == Self.wordCount && self.terms.count == Self.termCount,
      "topic \(name): \(self.words.count) words and \(self.terms.count) terms, "
        + "expected \(Self.wordCount) and \(Self.termCount)")
  }

  /// All of them; neighbours in this ring share words and fields.
  static let all = [
    SyntheticTopic(
      "Machine Learning",
      words: """
        gradient kernel regularization embedding classifier ensemble boosting latent bayesian posterior variational
        regression overfitting optimizer backpropagation convolutional recurrent attention representation clustering
        unsupervised reinforcement policy reward contrastive pretraining loss batch epoch activation dropout bandit
        """,
      terms: """
        Graph learning, Deep learning, Kernel method, Bayesian inference, Reinforcement learning, Ensemble learning,
        Representation learning, Online learning, Transfer learning, Active learning, Cluster analysis,
        Dimensionality reduction, Artificial neural network, Support vector machine, Gradient descent,
        Feature selection
        """),
    SyntheticTopic(
      "Computer Vision",
      words: """
        image pixel segmentation camera stereo texture contour silhouette keypoint saliency tracking detector photometric
        illumination depth scene video frame pose face recognition registration calibration superresolution denoising
        inpainting shading reconstruction viewpoint optical occlusion landmark
        """,
      terms: """
        Image segmentation, Object detection, Stereopsis, Face recognition, Motion estimation, Image retrieval,
        Pose estimation, Optical flow, Image restoration, Texture synthesis, Scene understanding, Camera calibration,
        Action recognition, Visual tracking, Point cloud, Medical imaging
        """),
    SyntheticTopic(
      "Natural Language Processing",
      words: """
        sentence corpus translation parser grammar syntax semantic lexical token morphology discourse dialogue summary
        question answering sentiment entity coreference treebank annotation bilingual multilingual speech phoneme
        utterance paraphrase narrative language vocabulary tagging transliteration rhetoric
        """,
      terms: """
        Machine translation, Parsing, Question answering, Sentiment analysis, Named entity, Language model,
        Text summarization, Speech recognition, Dialogue system, Word sense, Coreference resolution,
        Information extraction, Treebank, Lexical semantics, Text mining, Discourse analysis
        """),
    SyntheticTopic(
      "Databases",
      words: """
        query index transaction relational schema join tuple view storage replication consistency concurrency recovery
        logging warehouse provenance stream cardinality optimizer-plan cache spatial temporal keyword ranking crawling
        integration deduplication lineage partition column aggregate workload
        """,
      terms: """
        Query optimization, Transaction processing, Data integration, Data warehouse, Spatial database, Stream processing,
        Schema matching, Key-value store, Data provenance, Concurrency control, Graph database, Data cleaning,
        Index structure, Record linkage, Knowledge base, Columnar storage
        """),
    SyntheticTopic(
      "Computer Networks",
      words: """
        packet routing congestion wireless throughput latency bandwidth protocol router spectrum antenna cellular mobility
        handover multicast topology overlay peer switch traffic queueing scheduling sensor relay interference fading
        multihop gateway broadband jitter backbone datacenter
        """,
      terms: """
        Routing protocol, Congestion control, Wireless sensor network, Cognitive radio, Software-defined networking,
        Mobile ad hoc network, Network topology, Quality of service, Peer-to-peer, Content delivery, Traffic analysis,
        Multicast, Cellular network, Vehicular network, Network virtualization, Resource allocation
        """),
    SyntheticTopic(
      "Computer Security",
      words: """
        encryption cipher signature authentication attack adversary malware intrusion vulnerability exploit privacy
        anonymity credential key certificate hash tamper obfuscation sandbox firewall phishing botnet forensic watermark
        secret sidechannel protocol-proof threat access trust leakage revocation
        """,
      terms: """
        Public-key cryptography, Intrusion detection, Malware analysis, Access control, Digital signature,
        Differential privacy, Side-channel attack, Authentication protocol, Anonymous communication, Key management,
        Block cipher, Digital forensics, Trusted computing, Software vulnerability, Secret sharing, Spam filtering
        """),
    SyntheticTopic(
      "Human-Computer Interaction",
      words: """
        interface usability gesture touch haptic display participant interview accessibility ergonomic collaboration
        awareness visualization notification immersive wearable tabletop keyboard gaze eyetracking prototyping persona
        ethnography engagement workload-study dashboard menu cursor avatar classroom gameplay feedback
        """,
      terms: """
        User interface, Usability testing, Virtual reality, Gesture recognition, Information visualization,
        Tangible interaction, Accessibility, Collaborative work, Eye tracking, Wearable computing, Social computing,
        Educational technology, Crowdsourcing, Interaction design, Augmented reality, User experience
        """),
    SyntheticTopic(
      "Theory of Computation",
      words: """
        complexity theorem polynomial approximation hardness reduction automaton lattice bound combinatorial graph tree
        planar matching flow spanner coloring clique permutation randomness oracle circuit boolean satisfiability
        decidable logic proof convexity submodular minimax lemma conjecture
        """,
      terms: """
        Approximation algorithm, Computational complexity, Graph theory, Combinatorial optimization, Automata theory,
        Boolean satisfiability, Randomized algorithm, Computational geometry, Information theory, Mathematical logic,
        Game theory, Linear programming, Data structure, Parameterized complexity, String algorithm, Coding theory
        """),
  ]

  /// Words that all topics use.
  static let sharedWords = """
    a the of and for with on in to from by using based towards new novel approach method model analysis system framework
    algorithm evaluation study data efficient robust scalable adaptive dynamic distributed hybrid general results show
    that we our this is are can problem performance improve propose present existing proposed experiments several
    different large small high low quality process information application applications design structure structures
    local global multiple single optimal parallel learning knowledge network space time level order case set class
    number function value cost rate measure search control task user machine software computing technique state work
    between over under more than which both each also however while paper
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// Fields that all topics use.
  static let sharedFields = """
    Computer science, Mathematics, Artificial intelligence, Engineering, Algorithm, Theoretical computer science,
    Data mining, Mathematical optimization, Statistics, Real-time computing, Software, Physics, Simulation,
    Multimedia, World Wide Web, Pattern, Control theory, Knowledge management, Operating system, Computation,
    Computer engineering, Discrete mathematics, Psychology, Distributed computing
    """.split(separator: ",").map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

  /// Qualifiers that make eight fields of one term.
  static let fieldQualifiers = [
    "", "Applied ", "Distributed ", "Adaptive ", "Statistical ", "Interactive ", "Large-scale ", "Foundations of ",
  ]
}
