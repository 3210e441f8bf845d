/** The style of the report: light or dark as the reader's system, black on white on paper. */
export const STYLE = `:root { --ink: #1d2330; --soft: #5b6475; --paper: #ffffff; --line: #dfe3ea; --shade: #f5f7fa; --good: #1a7f4b; --warn: #9a6700; --bad: #b42318; --part: #2f6fd6; --rest: #e6eaf1 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7eaf0; --soft: #a3acbb; --paper: #14171d; --line: #323844; --shade: #1c2129; --good: #56c98d; --warn: #e0b13a; --bad: #ff8a7d; --part: #6ea2f5; --rest: #2b313c }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { max-width: 88rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: 1.6rem; margin: 0 0 1rem; border-left: 6px solid var(--good); padding-left: .75rem }
.partial h1 { border-color: var(--warn) }
.failed h1 { border-color: var(--bad) }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 0 0 .5rem; color: var(--soft) }
section.level-3 { display: inline-block; vertical-align: top; width: min(28rem, 100%); margin: 0 2rem 1rem 0 }
dl { margin: 0; display: grid; gap: .5rem 1.5rem }
dl.strong { grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)) }
dl.strong > div { background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem }
dl.strong dt { color: var(--soft); font-size: .85rem }
dl.strong dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
dl.plain > div { display: grid; grid-template-columns: 12rem 1fr; align-items: baseline }
dl.plain dd { margin: 0; font-variant-numeric: tabular-nums }
ul { margin: 0 0 .75rem; padding-left: 1.25rem }
p { margin: .25rem 0 .75rem; overflow-wrap: anywhere }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; border: 1px solid var(--line); border-radius: 6px }
.scroll:focus-visible { outline: 2px solid var(--part) }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
caption { text-align: left; padding: .5rem .75rem; color: var(--soft) }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem; border-top: 1px solid var(--line); max-width: 26rem; overflow-wrap: break-word }
thead th { background: var(--shade); white-space: nowrap }
tbody th { font-weight: 600 }
td.number, th.number, span.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
svg { display: block }
.bar { width: 100%; min-width: 4rem; height: 6px; margin-top: .15rem }
.histogram { width: 8rem; height: 24px }
.part { fill: var(--part) }
.rest { fill: var(--rest) }
ul.bars { list-style: none; margin: 0; padding: 0; min-width: 9rem }
ul.bars li { display: grid; grid-template-columns: 1fr auto; column-gap: .75rem; overflow-wrap: anywhere }
ul.bars span.number { color: var(--soft) }
ul.bars .bar { grid-column: 1 / -1 }
ul.items { margin: 0; padding-left: 1rem; min-width: 12rem; overflow-wrap: anywhere }
@media (max-width: 40rem) {
  main { padding: 1rem .5rem 3rem }
  th, td { padding: .3rem .4rem; max-width: 14rem }
  tbody th { min-width: 6.5rem; max-width: 9rem }
  .histogram { width: 4.5rem }
  ul.items { min-width: 8.5rem; padding-left: .8rem }
  dl.plain > div { grid-template-columns: 8rem 1fr }
}
@media print {
  :root { --ink: #000; --soft: #333; --paper: #fff; --line: #bbb; --shade: #fff; --good: #000; --warn: #000; --bad: #000; --part: #444; --rest: #ddd }
  main { max-width: none; padding: 0 }
  table { font-size: .7rem }
  .scroll { overflow: visible; border: 0 }
  section, tr { break-inside: avoid-page }
  h2 { break-after: avoid }
}`
