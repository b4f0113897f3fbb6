import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../../src/sandbox/refusal.ts'
import { decodeProtobuf } from '../../../src/sandbox/write/decode-protobuf.ts'

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}
const bytes = (number: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([varint((number << 3) | 2), varint(content.length), content])
}
const int = (number: number, value: number): Buffer => Buffer.concat([varint(number << 3), varint(value)])

function body(apiVersion: string, kind: string, ...message: readonly Buffer[]): Buffer {
  const envelope = [bytes(1, bytes(1, apiVersion), bytes(2, kind)), bytes(2, ...message)]
  return Buffer.concat([Buffer.from('k8s\0', 'latin1'), ...envelope])
}

test('default', () => {
  const metadata = bytes(
    1,
    bytes(1, 'web'),
    bytes(8, int(1, 1_800_000_000)),
    bytes(11, bytes(1, 'app'), bytes(2, 'x')),
    bytes(11, bytes(1, 'tier'), bytes(2, 'y')),
    bytes(14, 'a/b'),
  )
  const port = bytes(1, bytes(1, 'http'), int(3, 300), bytes(4, int(1, 0), int(2, 8080)))
  const named = bytes(1, int(3, 81), bytes(4, int(1, 1), bytes(3, 'web')))
  const spec = bytes(2, port, named, bytes(4, 'ClusterIP'), int(13, 1))
  assert.deepEqual(decodeProtobuf(body('v1', 'Service', metadata, spec)), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      creationTimestamp: '2027-01-15T08:00:00Z',
      labels: { app: 'x', tier: 'y' },
      finalizers: ['a/b'],
    },
    spec: {
      ports: [
        { name: 'http', port: 300, targetPort: 8080 },
        { port: 81, targetPort: 'web' },
      ],
      type: 'ClusterIP',
      publishNotReadyAddresses: true,
    },
  })
})

test('behavior: bytes are base64, empty times null', () => {
  const metadata = bytes(1, bytes(1, 's'), bytes(8))
  const secret = body(
    'v1',
    'Secret',
    metadata,
    bytes(2, bytes(1, 'k'), bytes(2, Buffer.of(0, 255))),
    bytes(3, 'Opaque'),
  )
  assert.deepEqual(decodeProtobuf(secret), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', creationTimestamp: null },
    data: { k: 'AP8=' },
    type: 'Opaque',
  })
})

for (const [name, input, code] of [
  ['no envelope', Buffer.from('{}'), 400],
  ['cut short', body('v1', 'Namespace', bytes(1, bytes(1, 'x'))).subarray(0, -2), 400],
  ['a kind that is not known', body('v1', 'Pod'), 501],
  ['a field that is not known', body('v1', 'Namespace', bytes(9, 'x')), 501],
] as const) {
  test(`error: ${name}`, () => {
    assert.throws(
      () => decodeProtobuf(input),
      (error) => error instanceof Refusal && error.code === code,
    )
  })
}
