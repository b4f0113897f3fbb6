import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { editFile } from '../../src/sell/edit-file.ts'
import type { FieldEdit } from '../../src/sell/field-edit.ts'

const OFFERS = join(import.meta.dirname, '..', '..', 'offers')
const HERE = { index: 0, prefix: [] }

const COMMENTED = `# yaml-language-server: $schema=../schemas/offer.schema.json
# the first shop
---
apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: weather } # short

spec:
  # what is behind it
  type: http
  upstream: {service: weather, port: 8080}

  payment:
    payTo: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' # ours
    network: base-sepolia
    price:
      # cheap
      perRequest: "0.002" # per call
  routes:
  - path: /a
    methods: [GET]
  provenance:
    note: >
      a folded text that is
      longer than a line
# the end
---
apiVersion: v1
kind: ConfigMap
metadata:   {name: x}   # untouched
`

function edited(text: string, ...edits: readonly FieldEdit[]): string {
  return editFile(text, HERE, edits)
}

/** Lines that are in one text and not in the other. */
function difference(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const gone = old.filter((line) => !now.includes(line)).map((line) => `-${line}`)
  return [...gone, ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`)]
}

test('default: another amount is another amount, and nothing else in the file', () => {
  const after = edited(COMMENTED, { path: ['spec', 'payment', 'price', 'perRequest'], value: '0.003' })
  assert.deepEqual(difference(COMMENTED, after), [
    '-      perRequest: "0.002" # per call',
    '+      perRequest: "0.003" # per call',
  ])
  assert.equal(after.length, COMMENTED.length)
})

test('default: quotes stay as they are', () => {
  const after = edited(COMMENTED, { path: ['spec', 'payment', 'payTo'], value: '0x1' })
  assert.match(after, /payTo: '0x1' # ours/)
})

test('default: a price switch drops the old key and what was said of it', () => {
  const after = edited(
    COMMENTED,
    { path: ['spec', 'payment', 'price', 'perMTok'], value: '20' },
    { path: ['spec', 'payment', 'price', 'perRequest'] },
  )
  assert.deepEqual(difference(COMMENTED, after), ['-      perRequest: "0.002" # per call', '+      perMTok: "20"'])
})

test('behavior: a mapping that loses its last field goes with it', () => {
  const after = edited(COMMENTED, { path: ['spec', 'provenance', 'note'] })
  assert.doesNotMatch(after, /provenance/)
})

test('behavior: the second document of a file, and an item of a List', () => {
  const second = editFile(COMMENTED, { index: 1, prefix: [] }, [{ path: ['data', 'a'], value: 'b' }])
  assert.ok(second.startsWith(COMMENTED.slice(0, COMMENTED.indexOf('metadata:   {'))))
  assert.match(second, /data:\n {2}a: b/)
  const list =
    'kind: List\nitems:\n  - metadata: { name: a }\n    spec: { path: /a } # one\n  - metadata: { name: b }\n'
  const after = editFile(list, { index: 0, prefix: ['items', 0] }, [{ path: ['spec', 'path'], value: '/b' }])
  assert.equal(after, list.replace('/a', '/b'))
})

test('behavior: new fields stand at the end of what they belong to, also in flow style', () => {
  const after = edited(
    COMMENTED,
    { path: ['spec', 'upstream', 'healthPath'], value: '/healthz' },
    { path: ['spec', 'limits', 'rps'], value: 5 },
    { path: ['spec', 'payment', 'maxTimeoutSeconds'], value: 60 },
    { path: ['spec', 'routes', 0, 'gate'], value: 'free' },
  )
  assert.deepEqual(difference(COMMENTED, after), [
    '-  upstream: {service: weather, port: 8080}',
    '+  upstream: {service: weather, port: 8080, healthPath: /healthz}',
    '+    maxTimeoutSeconds: 60',
    '+    gate: free',
    '+  limits:',
    '+    rps: 5',
  ])
})

test('behavior: the first field of an item of a list, and lists in place of lists', () => {
  const first = edited(COMMENTED, { path: ['spec', 'routes', 0, 'path'] })
  assert.match(first, / {2}routes:\n {2}- methods: \[GET\]\n/)
  const other = edited(COMMENTED, { path: ['spec', 'routes'], value: [{ path: '/b' }] })
  assert.match(other, / {2}routes:\n {4}- path: \/b\n/)
  assert.doesNotMatch(other, /methods/)
})

test('behavior: a file without a line feed at its end', () => {
  const text = 'spec:\n  a: 1'
  assert.equal(edited(text, { path: ['spec', 'b'], value: 2 }), 'spec:\n  a: 1\n  b: 2\n')
  assert.equal(edited(`${text}\n  b: 2`, { path: ['spec', 'b'] }), 'spec:\n  a: 1\n')
})

test('behavior: the samples stay as they are when a field gets the value that it has', () => {
  for (const name of readdirSync(OFFERS).filter((file) => file.endsWith('.yaml'))) {
    const text = readFileSync(join(OFFERS, name), 'utf8')
    const after = edited(text, { path: ['spec', 'payment', 'network'], value: 'base-sepolia' })
    assert.deepEqual(difference(text, after), [], name)
    assert.equal(after, text, name)
  }
})
