/** Of the auditor's page: system fonts, readable in black and white, and an item is not torn apart in print where it fits. */
export const styles = `
:root { --ink: #1c2530; --soft: #556270; --line: #d5dbe1; --pass: #1b7f4b; --fail: #b3261e; --unknown: #8a6100; --manual: #34558b; --na: #6b7580; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.5rem 4rem; color: var(--ink); background: #fff; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.2rem 0 .8rem; padding-bottom: .3rem; border-bottom: 2px solid var(--ink); font-size: 1.25rem; break-after: avoid; }
h3 { margin: 0 0 .3rem; font-size: 1rem; break-after: avoid; }
p { margin: .3rem 0; }
code { padding: 0 .2em; background: #f1f3f5; border-radius: 3px; font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.kind { margin: 0; color: var(--soft); text-transform: uppercase; letter-spacing: .08em; font-size: .8rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: .3rem 2rem; margin: 0 0 1rem; }
.facts div { display: flex; gap: .6rem; }
.facts dt { flex: none; width: 9.5rem; color: var(--soft); }
.facts dd { margin: 0; }
.caveat, .regressed { padding: .5rem .8rem; border-left: 4px solid var(--unknown); background: #fff7e3; }
.regressed { border-color: var(--fail); background: #fdecea; }
.note, .meta { color: var(--soft); font-size: .87rem; }
.score { font-size: 1.1rem; }
.score strong { font-size: 1.35rem; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0; padding: 0; list-style: none; }
.tiles li { padding: .4rem .8rem; border: 1px solid var(--line); border-top: 4px solid var(--na); border-radius: 4px; }
.tiles b { font-size: 1.2rem; }
.tiles .pass { border-top-color: var(--pass); } .tiles .attested { border-top-color: var(--pass); border-top-style: dashed; } .tiles .fail { border-top-color: var(--fail); } .tiles .unknown { border-top-color: var(--unknown); } .tiles .manual { border-top-color: var(--manual); }
article { margin: 0 0 .9rem; padding: .7rem .9rem; border: 1px solid var(--line); border-left: 5px solid var(--na); border-radius: 4px; break-inside: avoid; }
article.pass { border-left-color: var(--pass); } article.fail { border-left-color: var(--fail); } article.unknown { border-left-color: var(--unknown); } article.manual { border-left-color: var(--manual); }
.number { color: var(--soft); font-variant-numeric: tabular-nums; }
.outcome { float: right; margin-left: 1rem; padding: 0 .5rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .85rem; font-weight: 600; color: var(--na); }
.pass .outcome { color: var(--pass); } .fail .outcome { color: var(--fail); } .unknown .outcome { color: var(--unknown); } .manual .outcome { color: var(--manual); }
table { width: 100%; margin: .5rem 0; border-collapse: collapse; font-size: .87rem; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.failing td:first-child { white-space: nowrap; } .failing td:nth-child(2) { width: 32%; }
.evidence tr.fail td:nth-child(2) { color: var(--fail); font-weight: 600; } .evidence tr.unknown td:nth-child(2) { color: var(--unknown); font-weight: 600; } .evidence tr.pass td:nth-child(2) { color: var(--pass); }
.evidence td:nth-child(1) { width: 18%; } .evidence td:nth-child(2) { width: 12%; white-space: nowrap; } .evidence td:nth-child(4) { width: 24%; } .evidence td:nth-child(5) { width: 14%; }
.remediation { margin-top: .5rem; }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
a { color: inherit; }
@page { margin: 16mm 14mm; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2 { margin-top: 1.4rem; } article { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
`;
