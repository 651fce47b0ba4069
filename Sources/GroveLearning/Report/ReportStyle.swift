/// How reports look: one style sheet for light and dark, wide and narrow, screen and paper.
///
/// Colors of classes are told apart by people who see few colors, and never stand alone: shapes, dashes or words go
/// with them. Text has a contrast of at least 4.5, drawn marks of at least 3, on either background.
enum ReportStyle {
  static let sheet = """
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --panel: #f6f7f9; --ink: #1b1f24; --soft: #555e6a; --line: #d5dae1; --grid: #e4e8ed;
      --accent: #0b63a5; --on-accent: #ffffff;
      --c0: #0b63a5; --c1: #c2500d; --c2: #007a55; --c3: #a6427c; --c4: #7d6200; --c5: #16808f; --c6: #5a4cb5;
      --c7: #6b7480;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14171b; --panel: #1d2126; --ink: #e8ebef; --soft: #a9b2bd; --line: #3a414a; --grid: #2c323a;
        --accent: #74b9f0; --on-accent: #0d1116;
        --c0: #74b9f0; --c1: #f2985c; --c2: #4fca9e; --c3: #e79bc5; --c4: #e0c04e; --c5: #73d3e2; --c6: #b5a9f6;
        --c7: #a9b2bd;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body {
      margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 70rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
    }
    h1, h2, h3 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
    h1 { margin: 0 0 .4rem; font-size: 2.1rem; letter-spacing: -.015em; }
    h2 { margin: 0 0 .8rem; padding-top: 1.6rem; border-top: 1px solid var(--line); font-size: 1.4rem; }
    h3 { margin: 0 0 .2rem; font-size: 1rem; }
    p { margin: 0 0 1rem; max-width: 46rem; text-wrap: pretty; overflow-wrap: anywhere; }
    .subtitle { margin-bottom: 1.6rem; color: var(--soft); font-size: 1.1rem; }
    section { margin-top: 2.6rem; scroll-margin-top: .5rem; }
    a { color: var(--accent); text-underline-offset: .15em; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
    .skip { position: absolute; left: 1rem; top: -10rem; padding: .6rem 1rem; background: var(--accent); }
    .skip:focus { top: .6rem; color: var(--on-accent); }
    .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .8rem; margin: 0; }
    .facts div { padding: .9rem 1.1rem 1rem; background: var(--panel); border-radius: .6rem; }
    dt { color: var(--soft); font-size: .9rem; }
    dd { margin: 0; }
    .value { font-size: 1.7rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
    .remark { color: var(--soft); font-size: .85rem; line-height: 1.35; overflow-wrap: anywhere; }
    nav { margin-top: 1.6rem; }
    nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; margin: 0; padding: 0; list-style: none; }
    .panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 2rem 2.5rem; }
    figure { margin: 0; min-width: 0; }
    @supports (grid-template-rows: subgrid) {
      .panels figure { display: grid; grid-row: span 3; grid-template-rows: subgrid; row-gap: 0; align-items: start; }
      .panels { row-gap: 0; }
      .panels figure > * { min-width: 0; }
      .panels details, .panels figure > .scroll { margin-bottom: 1.2rem; }
    }
    figcaption p { margin-bottom: .6rem; color: var(--soft); font-size: .9rem; line-height: 1.45; }
    svg { display: block; width: 100%; max-width: 30rem; height: auto; overflow: visible; }
    svg text {
      fill: var(--soft); font-family: inherit; font-size: 12px; font-variant-numeric: tabular-nums; unicode-bidi: isolate;
    }
    svg .strong { fill: var(--ink); }
    svg .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
    svg .on { fill: var(--on-accent); }
    svg .bold { font-weight: 600; }
    svg .end { text-anchor: end; }
    svg .middle { text-anchor: middle; }
    svg .small { font-size: 10.5px; }
    .grid { stroke: var(--grid); stroke-width: 1; fill: none; }
    .axis { stroke: var(--soft); stroke-width: 1; fill: none; }
    .mark { stroke: var(--ink); stroke-width: 1.3; fill: none; stroke-linecap: round; }
    .dotted { stroke: var(--soft); stroke-width: 1.2; stroke-dasharray: 2 3; fill: none; }
    .bar { fill: var(--s, var(--accent)); }
    .faint { fill-opacity: .3; }
    .track { fill: var(--panel); }
    .heat { fill: var(--accent); }
    .h1 { fill-opacity: .12; } .h2 { fill-opacity: .2; } .h3 { fill-opacity: .3; } .h4 { fill-opacity: .4; }
    .h5 { fill-opacity: .5; } .h6 { fill-opacity: .6; } .h7 { fill-opacity: .7; } .h8 { fill-opacity: .8; }
    .h9 { fill-opacity: .9; }
    .curve { fill: none; stroke: var(--s); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    .curve.thin { stroke-width: 1.1; opacity: .55; }
    .dashed { stroke-dasharray: 6 4; }
    .full { fill: var(--s); stroke: var(--s); stroke-width: .8; fill-opacity: .8; stroke-linejoin: round; }
    .hollow { fill: var(--paper); stroke: var(--s); stroke-width: 1.3; stroke-linejoin: round; }
    svg text.name { fill: var(--s); font-weight: 600; }
    .s0 { --s: var(--c0); } .s1 { --s: var(--c1); } .s2 { --s: var(--c2); } .s3 { --s: var(--c3); }
    .s4 { --s: var(--c4); } .s5 { --s: var(--c5); } .s6 { --s: var(--c6); } .s7 { --s: var(--c7); }
    .legend {
      display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0 0 1.2rem; padding: 0; list-style: none;
      font-size: .92rem;
    }
    .legend li { display: flex; align-items: center; gap: .45rem; min-width: 0; overflow-wrap: anywhere; }
    figcaption .legend { margin-bottom: .7rem; gap: .2rem 1rem; font-size: .88rem; }
    .legend svg { flex: none; width: 1.1rem; height: 1.1rem; }
    .scroll { overflow: auto; max-height: 34rem; margin: 0 0 1rem; }
    table { border-collapse: collapse; font-size: .92rem; line-height: 1.35; }
    .note { margin-bottom: .6rem; color: var(--soft); font-size: .9rem; line-height: 1.45; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    th, td { padding: .32rem .9rem .32rem 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; unicode-bidi: isolate; }
    th[scope=row] { font-weight: 500; }
    tbody th { overflow-wrap: anywhere; min-width: 6rem; max-width: 22rem; }
    thead th { border-bottom-color: var(--soft); color: var(--soft); font-weight: 600; vertical-align: bottom; white-space: nowrap; }
    .numbers td, .numbers thead th + th { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .two td:nth-child(2), .two thead th:nth-child(2) { min-width: 8rem; max-width: 15rem; text-align: left; white-space: normal; overflow-wrap: anywhere; }
    .two tbody th { min-width: 8rem; max-width: 15rem; }
    .numbers td:last-child, .numbers th:last-child { padding-right: .2rem; }
    .words td { overflow-wrap: anywhere; }
    .words tbody th { min-width: 10rem; }
    .meter { display: inline-block; width: 6rem; height: .6rem; margin-left: .7rem; border-radius: .3rem; background: var(--grid); }
    .meter span { display: block; height: 100%; border-radius: .3rem; background: var(--accent); }
    details { margin-top: .6rem; }
    summary { width: fit-content; color: var(--accent); cursor: pointer; font-size: .92rem; }
    details .scroll { margin-top: .6rem; }
    pre { margin: 0 0 1rem; padding: 1rem 1.1rem; overflow: auto; background: var(--panel); border-radius: .6rem; }
    code { font: .88rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
    footer { margin-top: 3.5rem; color: var(--soft); font-size: .85rem; }
    @media (max-width: 34rem) {
      body { padding: 1.5rem 1rem 3rem; }
      h1 { font-size: 1.6rem; }
      .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .6rem; }
      .facts div { padding: .7rem .8rem; }
      .value { font-size: 1.35rem; }
      .meter { display: none; }
      thead th, .numbers thead th + th { white-space: normal; }
      th, td { padding-right: .6rem; }
      table { font-size: .86rem; }
      tbody th { min-width: 5.5rem; }
      .words tbody th { min-width: 7rem; }
    }
    @media print { nav, .skip { display: none; } figure, tr { break-inside: avoid; } .scroll { max-height: none; } }

    """
}
