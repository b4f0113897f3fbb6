import assert from 'node:assert/strict'

/** Elements with the attributes that a page may have; everything else is a fault. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  html: ['lang'],
  head: [],
  meta: ['charset', 'http-equiv', 'content', 'name'],
  title: ['id'],
  style: [],
  body: [],
  header: [],
  main: ['id', 'tabindex'],
  footer: [],
  nav: ['aria-label'],
  section: ['aria-labelledby'],
  article: ['class', 'aria-labelledby'],
  details: ['class', 'id', 'open'],
  summary: [],
  figure: [],
  figcaption: [],
  div: ['class', 'role', 'aria-label', 'tabindex'],
  a: ['class', 'href'],
  h1: ['class'],
  h2: ['id'],
  h3: ['id'],
  h4: [],
  p: ['class'],
  span: ['class', 'aria-hidden'],
  strong: [],
  code: [],
  pre: [],
  del: ['class'],
  ins: ['class'],
  ul: ['class'],
  li: [],
  dl: ['class'],
  dt: [],
  dd: [],
  table: ['class', 'role'],
  caption: [],
  thead: ['role'],
  tbody: ['role'],
  tr: ['role'],
  th: ['scope', 'role'],
  td: ['class', 'role', 'data-label', 'colspan'],
  svg: ['xmlns', 'role', 'aria-labelledby', 'width', 'height', 'viewBox'],
  desc: ['id'],
  g: ['class'],
  rect: ['x', 'y', 'width', 'height', 'rx'],
  path: ['d', 'class'],
  text: ['class', 'x', 'y'],
}
const VOID = new Set(['meta'])
const SELF_CLOSED = new Set(['rect', 'path'])

export type Element = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** Names of what it stands in, the outermost first. */
  readonly inside: readonly string[]
  /** Text directly in it, entities as they stand. */
  text: string
}

/**
 * Reads a page strictly: every `<` opens or closes an element of the list with attributes of the list in double quotes,
 * everything is closed in order, every `&` is an entity that we write. Fails with what is wrong.
 */
export function readPage(page: string): readonly Element[] {
  assert.ok(page.startsWith('<!doctype html>\n'))
  const elements: Element[] = []
  const open: Element[] = []
  const piece = /<(\/?)([A-Za-z0-9]+)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)(\/?)>|[^<>]+/gy
  piece.lastIndex = '<!doctype html>'.length
  while (piece.lastIndex < page.length) {
    const at = piece.lastIndex
    const found = piece.exec(page)
    if (found === null) assert.fail(`no element and no text at ${JSON.stringify(page.slice(at, at + 80))}`)
    const [whole, close, name, attributes = '', selfClosed] = found
    if (name === undefined) {
      addText(open.at(-1), whole)
    } else if (close === '/') {
      assert.equal(open.pop()?.name, name, `</${name}> at ${at}`)
    } else {
      const element = {
        name,
        attributes: attributesOf(name, attributes),
        inside: open.map((other) => other.name),
        text: '',
      }
      elements.push(element)
      assert.equal(selfClosed === '/', SELF_CLOSED.has(name))
      if (name === 'style') piece.lastIndex = styleEnd(page, piece.lastIndex, element)
      if (!VOID.has(name) && !SELF_CLOSED.has(name)) open.push(element)
    }
  }
  assert.deepEqual(open, [])
  return elements
}

function addText(element: Element | undefined, text: string): void {
  assert.deepEqual(text.replace(/&(?:amp|lt|gt|quot|#39);/g, '').match(/&/), null)
  if (element === undefined) assert.equal(text.trim(), '')
  else element.text += text
}

/** The content of a style sheet is no markup. */
function styleEnd(page: string, from: number, element: Element): number {
  const end = page.indexOf('</style>', from)
  element.text = page.slice(from, end)
  return end
}

function attributesOf(name: string, text: string): ReadonlyMap<string, string> {
  const allowed = ALLOWED[name]
  if (allowed === undefined) assert.fail(`an element ${name}`)
  const attributes = new Map<string, string>()
  for (const [, attribute = '', value = ''] of text.matchAll(/ ([a-zA-Z-]+)(?:="([^"<>]*)")?/g)) {
    assert.ok(allowed.includes(attribute), `an attribute ${attribute} of ${name}`)
    assert.equal(attributes.has(attribute), false)
    attributes.set(attribute, value)
  }
  return attributes
}
