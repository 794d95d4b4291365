"""The look of a report: the window's colours in the dark, their light counterparts otherwise, ink on paper."""

STYLE = """
:root {
  --bg0: #f3f5f9; --bg1: #ffffff; --bg2: #eef1f6; --line: #dfe4ec; --grid: #e9edf3;
  --t0: #131822; --t1: #465267; --t2: #626e82; --acc: #2f6ae0; --acc-rgb: 47, 106, 224;
  --up: #0c7d52; --up-rgb: 18, 150, 98; --dn: #d0243c; --dn-rgb: 224, 49, 75; --warn: #8a5a00;
    --warn-rgb: 240, 180, 41;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg0: #0a0d13; --bg1: #10141c; --bg2: #171c27; --line: #1e2532; --grid: #19202d;
    --t0: #e8ecf4; --t1: #9aa5b8; --t2: #7a869b; --acc: #4d8dff; --acc-rgb: 77, 141, 255;
    --up: #2ebd85; --up-rgb: 46, 189, 133; --dn: #f6465d; --dn-rgb: 246, 70, 93; --warn: #f0b429;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--bg0); color: var(--t0); font: 14px/1.5 Inter, system-ui, "Segoe UI",
    Roboto, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 1200px; margin: 0 auto; padding: 28px 20px 56px; display: grid; gap: 14px; }
main > *, .pair > * { min-width: 0; }
h1 { font-size: 30px; line-height: 1.15; font-weight: 650; letter-spacing: -.015em; margin: 2px 0 16px;
  overflow-wrap: anywhere; }
h2 { font-size: 13px; font-weight: 600; color: var(--t1); margin: 0 0 14px; }
p { margin: 0; }
.kicker { color: var(--t2); font-size: 13px; }
.verdict { background: var(--bg1); border: 1px solid var(--line); border-left: 4px solid var(--t2);
  border-radius: 10px; padding: 18px 22px 20px; }
.verdict p { font-size: 18px; line-height: 1.5; max-width: 62em; text-wrap: pretty; }
.verdict.sure { border-left-color: var(--up); } .verdict.open { border-left-color: var(--warn); }
.badge { display: inline-block; font-size: 12px; font-weight: 600; border-radius: 5px; padding: 3px 9px;
  margin-bottom: 10px; background: var(--bg2); color: var(--t1); }
.badge.sure { background: rgba(var(--up-rgb), .15); color: var(--up); }
.badge.open { background: rgba(var(--warn-rgb), .18); color: var(--warn); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(178px, 1fr)); gap: 1px;
  background: var(--bg1); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.card { box-shadow: 0 0 0 1px var(--line); padding: 12px 16px 13px; }
.card abbr { display: block; color: var(--t2); font-size: 12px; margin-bottom: 2px; }
.card strong { font-size: 19px; font-weight: 600; letter-spacing: -.01em; white-space: nowrap; }
small { color: var(--t2); font-weight: 400; font-size: 12px; }
abbr { text-decoration: none; cursor: help; border: 0; }
.bars abbr { border-bottom: 1px dotted var(--t2); }
section { background: var(--bg1); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px 20px;
  min-width: 0; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; }
.up { color: var(--up); } .down { color: var(--dn); }
.note { color: var(--t1); font-size: 13px; margin: 10px 0; max-width: 60em; }
svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.grid { stroke: var(--grid); stroke-width: 1; } .base { stroke: var(--t2); stroke-width: 1; stroke-dasharray: 4 4; }
.axis { fill: var(--t2); font-size: 12px; } .axis.middle { text-anchor: middle; } .axis.strong { fill: var(--t1); }
.area { fill: rgba(var(--acc-rgb), .13); } .curve { fill: none; stroke: var(--acc); stroke-width: 1.6;
  stroke-linejoin: round; }
.under { fill: rgba(var(--dn-rgb), .16); } .fall { fill: none; stroke: var(--dn); stroke-width: 1.1;
  stroke-linejoin: round; }
.hint { fill: transparent; } .hint:hover { fill: rgba(var(--acc-rgb), .14); }
.bar.up { fill: var(--up); } .bar.down { fill: var(--dn); } .bar { opacity: .85; } .bar:hover { opacity: 1; }
.bars > div { display: grid; grid-template-columns: 8.6em 1fr 9.5em; gap: 12px; align-items: center; padding: 5px 0; }
.causes > div { grid-template-columns: 11em 1fr 6.5em; }
.bars .name { color: var(--t1); } .bars .value { text-align: right; white-space: nowrap; }
.bars .value:not(.up, .down) { color: var(--t0); }
.waterfall > div:last-child { border-top: 1px solid var(--line); margin-top: 4px; padding-top: 9px;
  font-weight: 600; }
.track { position: relative; height: 12px; background: var(--bg2); border-radius: 3px; }
.track i { position: absolute; top: 0; bottom: 0; border-radius: 3px; background: var(--t2); }
.track i.up, .track i.sure { background: var(--up); } .track i.down { background: var(--dn); }
  .track i.open { background: var(--acc); }
.track i.range { background: rgba(var(--acc-rgb), .45); }
.track .zero { position: absolute; top: -3px; bottom: -3px; width: 1px; background: var(--t2); }
.track .dot { position: absolute; top: 50%; width: 11px; height: 11px; margin: -5.5px 0 0 -5.5px;
  border-radius: 50%; background: var(--t0); border: 2px solid var(--bg1); }
.scroll { overflow-x: auto; } .tall { max-height: 560px; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { padding: 5px 8px; text-align: right; white-space: nowrap; font-weight: 400;
  border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--t2); font-size: 12px; } th:first-child { text-align: left; } tbody th { color: var(--t0); }
.months th, .months td { padding: 7px 6px; } .months td { text-align: center; }
  .months thead th:not(:first-child) { text-align: center; }
.months .shade.up { background: rgba(var(--up-rgb), var(--shade)); color: var(--t0); }
.months .shade.down { background: rgba(var(--dn-rgb), var(--shade)); color: var(--t0); }
.months .total { font-weight: 600; }
.parts { columns: 2; column-gap: 36px; } .parts > div { break-inside: avoid; margin-bottom: 22px; }
.part { table-layout: fixed; min-width: 520px; } .part th, .part td { padding: 4px 5px; }
.part thead th:nth-child(-n+3) { width: 9%; }
.part thead th:nth-child(4) { width: 17%; } .part thead th:nth-child(5) { width: 9%; }
.part thead th:nth-child(n+6) { width: 13%; }
.part thead th:first-child { width: 18%; color: var(--t1); font-weight: 600; }
.gauge { width: 64px; min-width: 44px; } .gauge i { display: block; height: 8px; border-radius: 2px;
  background: currentColor; min-width: 1px; }
.gauge i.up { background: var(--up); } .gauge i.down { background: var(--dn); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 14px 28px; }
.figures > div { display: grid; align-content: start; grid-template-columns: 1fr auto; gap: 0 10px;
  border-top: 1px solid var(--line);
  padding-top: 8px; }
.figures strong { font-weight: 600; white-space: nowrap; } .figures p { grid-column: 1 / -1; color: var(--t2);
  font-size: 12px; line-height: 1.45; }
.trades { font-size: 12px; } .trades td, .trades th { padding: 3px 7px; }
.trades thead th { position: sticky; top: 0; background: var(--bg1); box-shadow: 0 1px var(--line); }
.trades td:nth-child(-n+4), .trades th:nth-child(-n+4), .trades td:nth-child(n+15),
  .trades th:nth-child(n+15) { text-align: left; }
.why { color: var(--t2); max-width: 15em; overflow: hidden; text-overflow: ellipsis; }
summary { cursor: pointer; color: var(--acc); margin-bottom: 8px; width: fit-content; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 22px; margin: 0 0 10px; }
dt { color: var(--t2); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--bg2); border-radius: 7px; padding: 12px 14px; font-size: 12px; overflow-x: auto; margin: 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
@media screen and (max-width: 900px) { .pair { grid-template-columns: 1fr; } .parts { columns: 1; } }
@media screen and (max-width: 640px) {
  main { padding: 18px 10px 40px; gap: 10px; } h1 { font-size: 24px; } section { padding: 14px 12px 16px; }
  .verdict { padding: 14px 16px 16px; } .verdict p { font-size: 16px; }
  .wide { display: none; } .narrow { display: block; }
  .cards { grid-template-columns: 1fr 1fr; } .card { padding: 10px 12px; } .card strong { font-size: 16px; }
  .bars > div { grid-template-columns: 7em 1fr 5.6em; gap: 8px; font-size: 13px; }
  .bands > div { grid-template-columns: 5em 1fr 9em; }
  .facts { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; }
}
@media print {
  :root {
    --bg0: #fff; --bg1: #fff; --bg2: #f1f3f6; --line: #d5dae2; --grid: #e6e9ee; --t0: #000; --t1: #333; --t2: #555;
    --acc: #2f6ae0; --acc-rgb: 47, 106, 224; --up: #0c7d52; --dn: #c01f36; --warn: #8a5a00;
  }
  @page { margin: 12mm; }
  body { font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { padding: 0; max-width: none; display: block; } main > * { margin-bottom: 10px; }
  section, .card, .verdict, tr { break-inside: avoid; } section:has(details),
    section:has(.parts) { break-inside: auto; }
  h2 { break-after: avoid; } .tall { max-height: none; overflow: visible; } .scroll { overflow: visible; }
  .wide { display: block; } .narrow { display: none; } .verdict p { font-size: 14px; }
  .cards { grid-template-columns: repeat(6, 1fr); } .card { padding: 6px 8px; } .card strong { font-size: 13px; }
  table, thead th, small, .trades, .bars > div, .note { font-size: 9px; }
  .part { min-width: 0; } .part th, .part td { padding: 2px; }
  .trades td, .trades th { padding: 1px 3px; } .why { max-width: 9em; }
  .bars > div { grid-template-columns: 9em 1fr 10em; } .parts { column-gap: 20px; }
  summary { list-style: none; color: var(--t1); }
}
"""
