import { html } from './html-markup.ts'
import { PALETTES, paletteCss } from './html-palette.ts'

/** The style sheet of the page: nothing in it comes from a plan, and nothing from elsewhere. */
export const STYLE = html`<style>
:root { color-scheme: light dark; ${paletteCss(PALETTES.light)} }
@media (prefers-color-scheme: dark) { :root { ${paletteCss(PALETTES.dark)} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
code, pre, .cell { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
code, .value { overflow-wrap: anywhere; white-space: pre-wrap; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--ground); border: 2px solid var(--link); z-index: 1; }
.skip:focus { top: .5rem; }
header { padding-top: 1.75rem; }
.where { margin: 0; color: var(--muted); overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .35rem 0 .5rem; letter-spacing: -.015em; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.5rem 0 .75rem; letter-spacing: -.01em; }
h3 { font-size: 1.06rem; line-height: 1.35; margin: 0; overflow-wrap: anywhere; }
h4 { font-size: 1rem; line-height: 1.4; margin: 0; overflow-wrap: anywhere; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.verdict { display: flex; gap: .75rem; align-items: center; }
.verdict .sign { flex: none; font-size: .72em; border-width: 2px; }
ul { margin: .4rem 0; padding-left: 1.25rem; }
ul.plain { list-style: none; padding: 0; } td ul.plain { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .6rem; margin: 1.25rem 0 0; }
.tiles div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: .6rem .8rem; border: 1px solid var(--line); border-left: 4px solid currentColor; border-radius: 8px; background: var(--panel); }
.tiles dt { color: var(--text); font-size: .88rem; line-height: 1.3; }
.tiles dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 1.1rem 0 0; padding: 0; }
nav a { display: inline-block; padding: .15rem 0; }
.sign { display: inline-block; min-width: 1.6em; padding: 0 .45em; border-radius: 6px; border: 1px solid currentColor; font: 600 .84rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; text-align: center; white-space: nowrap; }
.create { color: var(--create); } .sign.create { background: var(--create-tint); }
.change { color: var(--change); } .sign.change { background: var(--change-tint); }
.remove { color: var(--remove); } .sign.remove { background: var(--remove-tint); }
.held { color: var(--held); } .sign.held { background: var(--held-tint); }
.wait { color: var(--wait); } .sign.wait { background: var(--wait-tint); }
.card { border: 1px solid var(--line); border-radius: 10px; margin: .8rem 0; background: var(--ground); }
.card > summary, .card > .head { padding: .7rem 1rem; }
.card > .body { padding: 0 1rem .8rem; }
.concern { border-left: 5px solid var(--held); }
.concern.error { border-left-color: var(--remove); }
.concern.warning { border-left-color: var(--change); }
.concern.info { border-left-color: var(--wait); }
summary { cursor: pointer; border-radius: 10px; }
summary:hover { background: var(--panel); }
summary > * { display: inline; }
summary .muted { margin-left: .5em; }
details[open] > summary { border-bottom: 1px solid var(--line); border-radius: 10px 10px 0 0; margin-bottom: .4rem; }
.step { padding: .8rem 0 .4rem; }
.step + .step { border-top: 1px solid var(--line); }
.step > p { margin-left: 0; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; margin: .5rem 0; }
caption { text-align: left; color: var(--muted); font-size: .88rem; padding: .2rem 0; overflow-wrap: anywhere; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-top: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--muted); font-size: .84rem; font-weight: 600; border-top: 0; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 1px solid var(--line); }
.fields th[scope=row] { width: 27%; } .fields .v { width: 21%; } .fields .o { width: 16%; }
.edits td:nth-child(2) { width: 22%; }
del.value, ins.value { text-decoration: none; border-radius: 4px; padding: 0 .25em; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
del.value { background: var(--remove-tint); color: var(--remove); }
ins.value { background: var(--create-tint); color: var(--create); }
pre { margin: .5rem 0; padding: .6rem .8rem; border-radius: 8px; background: var(--panel); border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
pre ins, pre del { display: block; text-decoration: none; }
pre del { background: var(--remove-tint); color: var(--remove); } pre ins { background: var(--create-tint); color: var(--create); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dl.facts dt { color: var(--muted); } dl.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
figure { margin: 0; } figcaption { color: var(--muted); font-size: .9rem; }
.graph { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; padding: .5rem; background: var(--panel); }
.graph svg { display: block; }
.graph rect { fill: var(--ground); stroke: currentColor; stroke-width: 1.5; }
.graph text { fill: var(--text); font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.graph text.what { fill: currentColor; font-weight: 600; }
.graph path { fill: none; stroke: var(--wait); stroke-width: 1.5; } .graph path.tip { fill: var(--wait); }
footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; padding-bottom: 2.5rem; color: var(--muted); font-size: .92rem; }
@media (max-width: 46rem) {
  header, main, footer { padding-left: .9rem; padding-right: .9rem; }
  h1 { font-size: 1.5rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .stack, .stack tbody, .stack tr, .stack th, .stack td, .stack caption { display: block; }
  .stack th, .stack td { border: 0; padding: .1rem 0; width: auto !important; }
  .stack tbody tr { border-top: 1px solid var(--line); padding: .5rem 0; } .stack tbody tr:last-child > * { border-bottom: 0; }
  .stack td[data-label] { position: relative; padding-left: 4.9rem; min-height: 1.6em; }
  .stack td[data-label]::before { content: attr(data-label); position: absolute; left: 0; top: .2rem; color: var(--muted); font-family: system-ui, sans-serif; font-size: .82rem; }
  .stack td.none { display: none; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .4rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media (forced-colors: active) { .sign, .tiles div, .concern { forced-color-adjust: auto; } }
@media print {
  :root { color-scheme: light; ${paletteCss(PALETTES.light)} }
  body { font-size: 10pt; } nav, .skip { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .card, .step, tr { break-inside: avoid; } h2, h3, h4, summary { break-after: avoid; }
  .graph { overflow: visible; } .graph svg { max-width: 100%; height: auto; }
}
</style>`
