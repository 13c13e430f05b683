/** Every colour has one name and two values; text colours stand 4.5:1 and more against both surfaces. */
const colors = `
:root{color-scheme:light dark;
--page:#faf9f6;--surface:#fff;--faint:#f2f0eb;--line:#e2dfd8;--ink:#20262b;--soft:#5a646c;
--mapped:#3d66a8;--populated:#b4531a;--link:#265ea8;
--leak:#b3261e;--growth:#8a5300;--none:#1b6e42;--inconclusive:#56616b;--on-status:#fff;
--f-header:#717b84;--f-constant:#a58b52;--f-module-pointer:#3d66a8;--f-self-pointer:#7d55a6;--f-heap-pointer:#6aa3d8;
--f-counter:#2e8a68;--f-small-integer:#93bd9c;--f-text:#cc8d2d;--f-zero:#e9e6df;--f-random:#c56a66}
@media screen and (prefers-color-scheme:dark){:root{
--page:#15191c;--surface:#1c2125;--faint:#242a2f;--line:#333b41;--ink:#e5e8e9;--soft:#a0abb3;
--mapped:#86abea;--populated:#ee9a63;--link:#8fb6f2;
--leak:#ff9a91;--growth:#f0b45c;--none:#79d3a0;--inconclusive:#b3bdc5;--on-status:#15191c;
--f-header:#8a949c;--f-constant:#bfa468;--f-module-pointer:#7ea3e2;--f-self-pointer:#b08cd8;--f-heap-pointer:#5187ba;
--f-counter:#54b08d;--f-small-integer:#5e8a69;--f-text:#d9a04a;--f-zero:#2d343a;--f-random:#d47f7a}}`;

const text = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,.bar,footer{max-width:70rem;margin:0 auto;padding:0 1.5rem}
h1,h2,h3,h4{line-height:1.25;margin:0;font-weight:650;text-wrap:balance}
h1{font-size:1.6rem;font-weight:600;letter-spacing:-.01em;overflow-wrap:anywhere;text-wrap:pretty}
h2{font-size:1.25rem;margin-bottom:.35rem}
h3{font-size:1.1rem;margin:2rem 0 .6rem}
h4{font-size:.8125rem;color:var(--soft);font-weight:600;margin:1.5rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
section{margin:3.25rem 0}
a{color:var(--link);text-underline-offset:.15em}
ul{margin:.5rem 0;padding-left:1.2rem;max-width:52rem}
li{margin:.25rem 0}
bdi,dd,li,p{overflow-wrap:anywhere}
td,td bdi,th bdi{overflow-wrap:break-word}
code,.address{font:.875em/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.soft{color:var(--soft)}
.small{font-size:.875rem}
.nowrap{white-space:nowrap}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--surface);z-index:2}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}`;

const verdict = `
.bar{padding-top:1.25rem;color:var(--soft);font-size:.875rem;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;justify-content:space-between}
.bar strong{color:var(--ink);font-weight:600}
.status-leak{--status:var(--leak)}.status-growth{--status:var(--growth)}
.status-none{--status:var(--none)}.status-inconclusive{--status:var(--inconclusive)}
.verdict{margin:1rem 0 0;padding:1.75rem 2rem 1.5rem;background:var(--surface);border:1px solid var(--line);border-top:4px solid var(--status);border-radius:10px}
.badge{display:inline-block;margin:0 0 .75rem;padding:.2rem .75rem;border-radius:1rem;background:var(--status);color:var(--on-status);font-size:.875rem;font-weight:650;letter-spacing:.02em}
.figures{display:flex;flex-wrap:wrap;gap:1rem 2.75rem;margin:1.35rem 0 1.25rem}
.figures dt{font-size:.8125rem;color:var(--soft)}
.figures dd{margin:0;font-size:1.35rem;font-weight:600;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.reasons{margin:0 0 1.25rem;padding-left:1.1rem;color:var(--soft)}
.todo{max-width:none}
.contents{margin:1.25rem 0 0;font-size:.9375rem}
.contents ul{display:flex;flex-wrap:wrap;gap:.1rem 1.5rem;list-style:none;padding:0;margin:0;max-width:none}
.contents a{text-decoration:none}.contents a:hover{text-decoration:underline}`;

const tables = `
.scroll{overflow-x:auto;margin:.75rem 0}
.long{max-height:26rem;overflow:auto}
.long thead th{position:sticky;top:0;background:var(--page);box-shadow:0 1px var(--line)}
.card .long thead th{background:var(--surface)}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding:0 0 .5rem}
caption span{display:inline-block;position:sticky;left:0;max-width:min(46rem,82vw)}
th,td{padding:.45rem .75rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:.8125rem;font-weight:600;color:var(--soft);vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:500}
tbody :is(th,td):has(bdi,.swatch){min-width:9rem}
table.compact{width:auto}
.compact th,.compact td{padding-right:1.5rem}
.number{text-align:right;white-space:nowrap}
td .soft,th .soft{font-weight:400}
tfoot th,tfoot td{border-bottom:0;color:var(--soft);font-weight:500}
.sort{all:unset;cursor:pointer;border-radius:3px}
.sort:focus-visible{outline:2px solid var(--link);outline-offset:3px}
.sort::after{content:"↕";display:inline-block;width:1em;margin-left:.2em;text-align:center;opacity:.45}
[aria-sort=ascending] .sort::after{content:"↑";opacity:1}
[aria-sort=descending] .sort::after{content:"↓";opacity:1}
details{margin:1rem 0}
summary{cursor:pointer;color:var(--link);padding:.25rem 0}
summary:hover{text-decoration:underline}`;

const cards = `
.card{margin:1.25rem 0;padding:1.5rem 2rem 1.75rem;background:var(--surface);border:1px solid var(--line);border-radius:10px}
.card header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;justify-content:space-between}
.card header{margin-bottom:1rem}
.card header h3,.card header p{margin:0}
.mark{margin-left:.5rem;padding:.1rem .55rem;border:1px solid var(--line);border-radius:1rem;color:var(--soft);font-size:.8125rem;font-weight:600;vertical-align:.1em}
.columns{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:0 3rem;align-items:start}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.25rem;margin:0}
.facts dt{color:var(--soft);font-size:.9375rem}
.facts dd{margin:0;font-variant-numeric:tabular-nums}
.evidence{list-style:none;padding:0;margin:0;max-width:52rem}
.evidence li{position:relative;padding-left:1.6rem;margin:.4rem 0}
.evidence svg{position:absolute;left:0;top:.3rem;width:1rem;height:1rem;fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.evidence .for svg{stroke:var(--none)}.evidence .against svg{stroke:var(--growth)}
.hidden-words{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.addresses{display:flex;flex-wrap:wrap;gap:.15rem 1.25rem;list-style:none;padding:0;margin:.35rem 0}
dl.words{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.4rem 1.5rem;margin:.75rem 0;max-width:52rem}
dl.words dt{font-weight:600}dl.words dd{margin:0}
pre{margin:.4rem 0 1rem;padding:.6rem .9rem;overflow-x:auto;background:var(--faint);border-radius:6px;max-width:52rem}
.warn{margin:1rem 0 0;padding:.6rem 1rem;border:2px solid var(--leak);border-radius:8px;font-weight:650;max-width:none}
.swatch{display:inline-block;width:.75rem;height:.75rem;margin-right:.5rem;border-radius:2px;vertical-align:-.05em}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;list-style:none;padding:0;margin:.5rem 0;font-size:.9375rem}`;

const charts = `
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.25rem 2.5rem;margin:1rem 0}
.chart{margin:0;max-width:34rem}
.chart figcaption{font-size:.9375rem}
svg{display:block;max-width:100%}
.chart svg{width:100%;height:auto;overflow:visible}
.chart text,.share text{fill:var(--soft);font:12px system-ui,sans-serif;font-variant-numeric:tabular-nums}
.chart .value{fill:var(--ink);font-weight:600;paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1}
.mapped{--series:var(--mapped)}.populated{--series:var(--populated)}
.chart .line{fill:none;stroke:var(--series);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.chart .area{fill:var(--series);opacity:.1}
.chart .point{fill:var(--surface);stroke:var(--series);stroke-width:2}
.bars{display:inline-block;vertical-align:middle}
.bars rect{fill:var(--mapped)}.bars .none{fill:var(--line)}
td svg.bars{display:block}
.share{width:100%;height:1.25rem;border-radius:4px}
.part-0{fill:var(--populated);background:var(--populated)}.part-1{fill:var(--mapped);background:var(--mapped)}
.part-2{fill:var(--f-counter);background:var(--f-counter)}.part-3{fill:var(--f-self-pointer);background:var(--f-self-pointer)}
.part-4{fill:var(--f-text);background:var(--f-text)}.part-rest{fill:var(--line);background:var(--line)}
.anatomy{width:100%;height:1.5rem;border:1px solid var(--line);border-radius:4px}
${[
  'header',
  'constant',
  'module-pointer',
  'self-pointer',
  'heap-pointer',
  'counter',
  'small-integer',
  'text',
  'zero',
  'random',
]
  .map((kind) => `.f-${kind}{fill:var(--f-${kind});background:var(--f-${kind})}`)
  .join('')}
.f-zero{outline:1px solid var(--line);outline-offset:-1px}`;

const pictures = `
figure{margin:1.25rem 0 0}
figcaption{color:var(--soft);font-size:.875rem;margin-top:.5rem;max-width:46rem}
figcaption strong{color:var(--ink);font-weight:600}
.frame{overflow:auto;border:1px solid var(--line);border-radius:6px;background:#fff}
.frame img{display:block;max-width:100%;height:auto}
.frame{max-height:36rem}
.frame.actual{max-height:85vh}
.frame.actual img{max-width:none}
.frame.whole{max-height:none}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:0 2rem;align-items:start}
.pair figure:has(.whole),.pair figure:has(.actual){grid-column:1/-1}
button.tool{font:inherit;font-size:.875rem;color:var(--ink);background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:.3rem .7rem;min-width:2.25rem;cursor:pointer}
button.tool:hover{background:var(--faint)}
button.tool[aria-pressed=true]{background:var(--ink);color:var(--page);border-color:var(--ink)}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.75rem 0}
.tools[hidden]{display:none}
.tools input{flex:1 1 8rem;max-width:20rem;accent-color:var(--populated)}
.tools output{font-variant-numeric:tabular-nums;font-size:.9375rem}
.tools .wide{flex:1 1 12rem}
.stage{border:1px solid var(--line);border-radius:6px;background:#fff;overflow:auto}
.stack img{display:block;width:100%;height:auto}
.stack img+img{margin-top:1rem}
.live .stage{cursor:grab;overscroll-behavior:contain}
.live .stage.dragging{cursor:grabbing;user-select:none}
.live .stack{display:grid}
.live .stack img{grid-area:1/1;margin:0;visibility:hidden;-webkit-user-drag:none}
.live .stack img.shown{visibility:visible}
.live .stack.near img{image-rendering:pixelated}
.stack{position:relative}
.cross{position:absolute;pointer-events:none;outline:2px solid #fff;box-shadow:0 0 0 4px #c2185b}
.cross[hidden]{display:none}
.readout{min-height:4.5em;white-space:pre-line;margin:.5rem 0;font:.875rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;max-width:none}
.legend-note{color:var(--soft);font-size:.875rem}
footer{padding-bottom:3rem;color:var(--soft);font-size:.875rem}
footer p{padding-top:1rem;border-top:1px solid var(--line);max-width:none}
section>details>figure{margin-top:.5rem}`;

const narrow = `
@media (max-width:44rem){
main,.bar,footer{padding-left:1rem;padding-right:1rem}
h1{font-size:1.25rem}
section{margin:2.5rem 0}
.verdict,.card{padding:1.1rem 1rem 1.25rem}
.figures{gap:.75rem 1.75rem}.figures dd{font-size:1.15rem}
.columns{grid-template-columns:minmax(0,1fr)}
.facts{gap:.3rem .9rem}
dl.words{grid-template-columns:minmax(0,1fr);gap:0}
dl.words dd{margin-bottom:.6rem}
.chart text,.share text{font-size:15px}
th,td{padding:.4rem .5rem}}`;

const print = `
@media print{
:root{--page:#fff;font-size:12px}
@page{margin:16mm 14mm}
body{print-color-adjust:exact;-webkit-print-color-adjust:exact}
main,.bar,footer{max-width:none;padding-left:0;padding-right:0}
.contents,.tools,.cross,.skip,.hint,.sort::after{display:none!important}
section{margin:1.75rem 0}
.verdict,.card{padding:1rem 1.25rem}
h2,h3,h4,h2+p,caption,summary,.anatomy{break-after:avoid}
.scroll,tr,figure,.charts,.facts,.evidence li,.share,.legend{break-inside:avoid}
[aria-labelledby=pictures]{display:none}
.frame{border:0;background:none}
.frame img{max-height:13cm;width:auto}
.scroll,.stage,.frame,.long{overflow:visible;height:auto!important;max-height:none}
table{font-size:.82rem}
th,td{padding:.3rem .4rem}
.nowrap{white-space:normal}
.stage{border:0;background:none}
.live .stack,.stack{display:grid;grid-template-columns:1fr 1fr;gap:4mm;width:auto!important}
.live .stack img,.stack img{grid-area:auto;visibility:visible;width:auto;max-width:100%;max-height:20cm;margin:0;break-inside:avoid}
.stack img:not(:first-of-type):not(:last-of-type){display:none}
a{color:inherit;text-decoration:none}}`;

/** The page's style. It takes no input, so that its hash can stand in the content security policy. */
export const pageStyle = [colors, text, verdict, tables, cards, charts, pictures, narrow, print].join('');
