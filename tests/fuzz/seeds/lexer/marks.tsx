const r = /["'`/]/g, d = a / b / c; // "x
const t = `a ${ { b: `c ${"}"} d` } } // e`; /* ** / */
x = <p title="q">Don't {f("y")} https://z.example</p>; return /\//
`never ends ${
