import assert from 'node:assert/strict'

export type XmlElement = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

/** Production [2] Char of XML 1.0. */
const CHARACTERS = /^(?:[\t\n\r\u0020-\ud7ff\ue000-\ufffd]|[\u{10000}-\u{10ffff}])*$/u
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#10;': '\n',
  '&#9;': '\t',
}

/** Reads XML 1.0 strictly, as far as it is of use here: declaration, elements, attributes in double quotes, text, entities that we write. */
export function readXml(text: string): XmlElement {
  assert.match(text, CHARACTERS)
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
  assert.ok(text.startsWith(head))
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const piece = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<>]*")*)(\/?)>|[^<>]+/gy
  piece.lastIndex = head.length
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex
    const found = piece.exec(text)
    if (found === null) assert.fail(`no element and no text at ${JSON.stringify(text.slice(at, at + 80))}`)
    const [whole, close, name, attributes = '', selfClosed] = found
    const parent = open.at(-1) ?? root
    if (name === undefined) parent.text += decoded(whole)
    else if (close === '/') assert.equal(open.pop()?.name, name)
    else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' }
      parent.children.push(element)
      if (selfClosed !== '/') open.push(element)
    }
  }
  assert.equal(open.length, 1)
  assert.equal(root.children.length, 1)
  return root.children[0] ?? root
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decoded(value)] as const,
  )
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length)
  return Object.fromEntries(pairs)
}

function decoded(text: string): string {
  return text.replace(/&[^;]*;?/g, (entity) => ENTITIES[entity] ?? assert.fail(`the entity ${entity}`))
}
