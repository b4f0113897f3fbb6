import { marked } from 'marked'

/** Close to how GitHub shows a comment; colours from its light and dark themes. */
const STYLE = `
:root { color-scheme: light dark; --fg: #1f2328; --dim: #59636e; --bg: #fff; --line: #d1d9e0; --code: #818b981f; --block: #f6f8fa;
  --add: #116329; --add-bg: #dafbe1; --del: #82071e; --del-bg: #ffebe9; --meta: #0550ae; --note: #953800; }
@media (prefers-color-scheme: dark) { :root { --fg: #f0f6fc; --dim: #9198a1; --bg: #0d1117; --line: #3d444d; --code: #656c7633;
  --block: #151b23; --add: #aff5b4; --add-bg: #033a16; --del: #ffdcd7; --del-bg: #67060c; --meta: #79c0ff; --note: #ffa657; } }
body { font: 14px/1.5 system-ui, "Noto Color Emoji", sans-serif; color: var(--fg); background: var(--bg); margin: 24px auto; max-width: 900px;
  padding: 0 16px; overflow-wrap: break-word; }
article { border: 1px solid var(--line); border-radius: 6px; padding: 16px; }
header { color: var(--dim); margin-bottom: 12px; }
h2 { border-bottom: 1px solid var(--line); padding-bottom: 6px; }
code { font: 12px/1.45 ui-monospace, monospace; background: var(--code); border-radius: 6px; padding: .2em .4em; }
pre { background: var(--block); border-radius: 6px; padding: 12px; overflow: auto; }
pre code { background: none; padding: 0; }
pre code span { display: block; }
.add { color: var(--add); background: var(--add-bg); } .del { color: var(--del); background: var(--del-bg); }
.meta { color: var(--meta); } .note { color: var(--note); }
table { border-collapse: collapse; display: block; overflow: auto; } th, td { border: 1px solid var(--line); padding: 6px 13px; }
sub { font-size: 75%; } details { margin: 12px 0; } a { color: inherit; }
`

/** A page that shows a comment's Markdown as the hosting service would; raw HTML in it is the comment's own. Pure. */
export function renderPage(title: string, markdown: string): string {
  const body = marked.parse(markdown, { async: false, gfm: true })
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style>
<header>Pull request: ${escaped(title)}</header>
<article>${coloured(body)}</article>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`)
}

/** Lines of diff blocks in the colours that their first character asks for. */
function coloured(html: string): string {
  return html.replace(
    /(<code class="language-diff">)([\s\S]*?)(<\/code>)/g,
    (_, open: string, text: string, close: string) => `${open}${text.trimEnd().split('\n').map(line).join('')}${close}`,
  )
}

const CLASSES: Readonly<Record<string, string>> = { '+': 'add', '-': 'del', '@': 'meta', '!': 'note' }

function line(text: string): string {
  return `<span class="${CLASSES[text[0] ?? ''] ?? ''}">${text === '' ? '&nbsp;' : text}</span>`
}
