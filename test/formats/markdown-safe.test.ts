import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { marked } from 'marked'
import { code, codeCell, fence, htmlCode, oneLine, prose } from '../../src/formats/markdown-safe.ts'
import { hostileText } from './hostile.ts'

const RUNS = { seed: 20260101, numRuns: 500 } as const

function html(markdown: string): string {
  return marked.parse(markdown, { async: false, gfm: true })
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }

function decoded(page: string): string {
  return page.replace(/&(?:#(\d+)|(\w+));/g, (entity, digits, name) => {
    return digits === undefined ? (ENTITIES[name] ?? entity) : String.fromCodePoint(Number(digits))
  })
}

/** The text of the only element of that name. */
function only(name: string, page: string): string {
  const found = [...page.matchAll(new RegExp(`<${name}(?: class="language-diff")?>([\\s\\S]*?)</${name}>`, 'g'))]
  assert.equal(found.length, 1, page)
  return decoded(found[0]?.[1] ?? '')
}

test('default: a code span, a cell, a sentence and a fence', () => {
  assert.equal(code('spec.payment.payTo'), '`spec.payment.payTo`')
  assert.equal(code('a`b'), '``a`b``')
  assert.equal(code('`a`'), '`` `a` ``')
  assert.equal(codeCell('a|b'), '`a\\|b`')
  assert.equal(prose('Plan: 1 to create (1 null-out)'), 'Plan: 1 to create (1 null-out)')
  assert.equal(prose('ask @octo about #7'), 'ask @&#8203;octo about &#35;&#8203;7')
  assert.equal(fence('diff', ['+ a', '```']), '````diff\n+ a\n```\n````')
})

test('behavior: a code span shows the text as it is on one line, and nothing beside it', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const page = html(`before ${code(text)} after`)
      const flat = oneLine(text)
      assert.equal(only('code', page), flat.trim() === '' ? ' ' : flat)
      assert.equal(page.startsWith('<p>before <code>') && page.endsWith('</code> after</p>\n'), true)
    }),
    RUNS,
  )
})

test('behavior: a cell ends where it should', () => {
  for (const show of [codeCell, prose]) {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = html(`| a | b |\n|---|---|\n| ${show(text)} | END |`)
        const cells = [...page.matchAll(/<td>([\s\S]*?)<\/td>/g)].map((match) => match[1])
        assert.deepEqual([cells.length, cells[1]], [2, 'END'])
      }),
      RUNS,
    )
  }
})

test('behavior: a sentence reads as the text, but for breaks without width', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const shown = decoded(html(`<b>${prose(text)}</b>`).replace(/^<p><b>|<\/b><\/p>\n$/g, ''))
      assert.equal(shown.replaceAll('\u200b', ''), oneLine(text, 400).trim())
    }),
    RUNS,
  )
})

test('behavior: a fence holds all of its lines', () => {
  fc.assert(
    fc.property(fc.array(hostileText, { minLength: 1, maxLength: 4 }), (lines) => {
      const page = html(
        `${fence(
          'diff',
          lines.map((line) => `+ ${line}`),
        )}\n\nEND`,
      )
      assert.equal(only('code', page), `${lines.map((line) => `+ ${oneLine(line)}`).join('\n')}\n`)
      assert.equal(page.endsWith('</pre>\n<p>END</p>\n'), true)
    }),
    RUNS,
  )
})

test('behavior: code in HTML shows the text and no tag', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      assert.equal(only('code', htmlCode(text)), oneLine(text, 80))
    }),
    RUNS,
  )
})

test('behavior: what is not seen is written out', () => {
  assert.equal(oneLine('a\u0000\u202e\u00ad\u{e0041}\n\ud800b'), 'a\\u0000\\u202e\\u{ad}\\u{e0041}\\n\ufffdb')
  assert.equal(oneLine('x'.repeat(1_000_000), 20).length, 20)
})
