/**
 * The page's only style. Colours come in pairs for light and dark; every state also has a word and a sign, and every
 * part of a chart a label. On paper everything is black on white, and lists are not cut by a page's end.
 */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--soft:#f6f8fa;
--ok:#1a7f37;--warn:#9a6700;--bad:#cf222e;--info:#0969da;--rest:#8c959f;
--ok-bg:#dafbe1;--warn-bg:#fff8c5;--bad-bg:#ffebe9;--info-bg:#ddf4ff}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9198a1;--line:#30363d;--soft:#161b22;
--ok:#3fb950;--warn:#d29922;--bad:#f85149;--info:#4493f8;--rest:#656c76;
--ok-bg:#0f2d18;--warn-bg:#332701;--bad-bg:#3c1618;--info-bg:#10233d}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:60rem;background:var(--bg);color:var(--fg);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1,h2,h3,p,dl,dd,ul,ol,pre{margin:0}
h2{margin:2.25rem 0 .75rem;font-size:1.15rem}
h3{margin:1.5rem 0 .5rem;font-size:1rem}
.what{color:var(--dim);overflow-wrap:anywhere}
.verdict{margin-top:.5rem;padding:1rem 1.25rem;border:1px solid;border-left-width:.5rem;border-radius:.5rem}
.verdict h1{font-size:1.75rem;line-height:1.25}
.verdict p{margin-top:.35rem;font-size:1.1rem;overflow-wrap:anywhere}
.verdict p.why{font-size:1rem}
.ok{color:var(--ok)}.warn{color:var(--warn)}.bad{color:var(--bad)}.info{color:var(--info)}
.verdict.ok{background:var(--ok-bg);border-color:var(--ok)}
.verdict.warn{background:var(--warn-bg);border-color:var(--warn)}
.verdict.bad{background:var(--bad-bg);border-color:var(--bad)}
.verdict.info{background:var(--info-bg);border-color:var(--info)}
.verdict p{color:var(--fg)}
code,pre,.key{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
pre,.next code{display:block;padding:.5rem .75rem;background:var(--soft);border:1px solid var(--line);border-radius:.375rem;
white-space:pre-wrap;overflow-wrap:anywhere}
.next li{margin-top:.5rem}.next ol{padding-left:1.25rem}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.35rem 1.25rem}
dt{color:var(--dim)}
dd{overflow-wrap:anywhere;min-width:0}
.note{color:var(--dim);font-size:.9rem}
svg{display:block;width:100%;height:1.75rem;border-radius:.375rem}
.legend{list-style:none;padding:0;margin-top:.6rem;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}
.legend b{font-variant-numeric:tabular-nums}
.dot{display:inline-block;width:.75rem;height:.75rem;margin-right:.4rem;border-radius:.2rem;vertical-align:-.05rem}
.s-ok{fill:var(--ok);background:var(--ok)}.s-same{fill:var(--info);background:var(--info)}
.s-warn{fill:var(--warn);background:var(--warn)}.s-bad{fill:var(--bad);background:var(--bad)}
.s-rest{fill:var(--rest);background:var(--rest)}
table{width:100%;border-collapse:collapse}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{color:var(--dim);font-weight:600}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;width:1%}
td.r{white-space:nowrap;width:1%}
.keys{list-style:none;padding:0}
.keys li{padding:.35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.keys span{display:block;color:var(--dim);font-size:.9rem}
footer{margin-top:3rem;color:var(--dim);font-size:.85rem;overflow-wrap:anywhere}
@media (max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}td.r{white-space:normal}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#333;--line:#999;--soft:#fff;
--ok:#1a7f37;--warn:#7a5200;--bad:#b00020;--info:#0550ae;--rest:#777;--ok-bg:#fff;--warn-bg:#fff;--bad-bg:#fff;--info-bg:#fff}
body{max-width:none;padding:0;font-size:10.5pt}svg,.dot,.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}
h2,h3{break-after:avoid}li,tr,dd,.verdict{break-inside:avoid}}
`;
