"""Style of the report page, light and dark."""

CSS = """
:root {
  color-scheme: light dark;
  --page: #f9f9f7; --card: #ffffff; --ink: #14140f; --soft: #5c5b55;
  --line: #e2e1dc; --grid: #e9e8e3; --mark: #2a78d6;
  --train: #2a78d6; --validation: #1baf7a; --test: #eda100;
  --bad: #b3261e; --bad-back: #fdeeec; --good: #0b6b2f; --good-back: #e9f6ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f0f0e; --card: #1a1a19; --ink: #f2f1ec; --soft: #b3b1a9;
    --line: #33322f; --grid: #2b2a28; --mark: #3987e5;
    --train: #3987e5; --validation: #199e70; --test: #c98500;
    --bad: #ff9a90; --bad-back: #3a1a17; --good: #7fd99a; --good-back: #14291a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 24px 16px 64px; max-width: 1320px;
  background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 { font-size: 26px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 12px; }
h3 { font-size: 14px; margin: 0 0 8px; font-weight: 600; }
.path, .note {
  color: var(--soft); margin: 2px 0 16px; overflow-wrap: anywhere;
}
.state + .note { margin-top: 10px; }
section { margin-top: 36px; }
.tiles {
  display: grid; gap: 12px; margin: 16px 0;
  grid-template-columns: repeat(auto-fit, minmax(124px, 1fr));
}
.tile, .card {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 12px 14px; min-width: 0;
}
.tile b { display: block; font-size: 22px; line-height: 1.25;
  overflow-wrap: anywhere; }
.tile span { color: var(--soft); font-size: 13px; }
.tile b, .number { font-variant-numeric: tabular-nums; }
.cards {
  display: grid; gap: 12px; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 360px), 1fr));
}
.state { padding: 12px 14px; border-radius: 8px; font-weight: 600; }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.bad ul { margin: 8px 0 0; padding-left: 20px; font-weight: 400; }
.bad li { overflow-wrap: anywhere; }
.scroll {
  overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px;
}
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td {
  text-align: left; padding: 5px 12px; border-top: 1px solid var(--grid);
  vertical-align: top;
}
th { border-top: 0; color: var(--soft); font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
td.bar { width: 40%; min-width: 120px; vertical-align: middle; }
.labels { table-layout: fixed; min-width: 680px; }
.labels th:first-child { width: 26%; }
.labels th.bar { width: 30%; }
.labels td:first-child { overflow-wrap: anywhere; }
@media (max-width: 600px) {
  .labels { min-width: 620px; }
  .labels th:first-child { width: 150px; }
  .labels th.bar { width: 140px; }
}
.settings td:first-child { white-space: nowrap; }
.videos td { overflow-wrap: anywhere; min-width: 120px; }
details { margin: 10px 0; }
summary { cursor: pointer; padding: 4px 0; color: var(--soft); }
details[open] > summary { margin-bottom: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 10px; }
.legend span { font-size: 13px; color: var(--soft); }
.legend i {
  display: inline-block; width: 10px; height: 10px; border-radius: 2px;
  margin-right: 6px;
}
i.train { background: var(--train); }
i.validation { background: var(--validation); }
i.test { background: var(--test); }
svg { display: block; width: 100%; }
svg.stack { height: 12px; overflow: hidden; border-radius: 3px; }
svg text { font-size: 12px; fill: var(--soft); }
svg text.value { fill: var(--ink); }
svg .mark { fill: var(--mark); }
svg .train { fill: var(--train); }
svg .validation { fill: var(--validation); }
svg .test { fill: var(--test); }
svg.stack rect { stroke: var(--card); stroke-width: 1px; }
svg .grid { stroke: var(--grid); }
svg .hover { fill: transparent; }
svg g:hover .hover { fill: var(--grid); }
.sheets { display: flex; flex-wrap: wrap; gap: 20px 32px; }
.sheet { max-width: 100%; }
.sheet h3 { overflow-wrap: anywhere; }
.sheet h3 span { color: var(--soft); font-weight: 400; }
.clips { display: flex; flex-wrap: wrap; gap: 12px; }
figure { margin: 0; min-width: 0; max-width: 100%; }
.strip { display: flex; gap: 2px; }
.strip img {
  display: block; min-width: 0; max-width: calc(33.4% - 1px); height: auto;
  border-radius: 2px; object-fit: contain;
}
figcaption {
  color: var(--soft); font-size: 12px; line-height: 1.35; margin-top: 3px;
  overflow-wrap: anywhere; width: 0; min-width: 100%;
}
.broken { color: var(--bad); font-size: 13px; }
code { font-size: 13px; overflow-wrap: anywhere; }
"""
