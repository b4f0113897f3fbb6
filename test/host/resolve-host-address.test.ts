import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeHostPorts } from '../../src/host/node-host-ports.ts'
import type { HostPorts } from '../../src/host/resolve-host-address.ts'
import { resolveHostAddress } from '../../src/host/resolve-host-address.ts'

type Fake = {
  readonly platform?: string
  readonly names?: Readonly<Record<string, readonly string[]>>
  readonly interfaces?: Readonly<Record<string, readonly string[]>>
}

function ports({ platform = 'linux', names = {}, interfaces = {} }: Fake, asked: string[] = []): HostPorts {
  return {
    platform,
    lookup: async (name) => {
      asked.push(name)
      return names[name] ?? []
    },
    networkInterfaces: () => new Map(Object.entries(interfaces)),
  }
}

const BOTH = { 'host.k3d.internal': ['172.18.0.1'], 'host.docker.internal': ['192.168.65.254'] }

test('default: host.k3d.internal', async () => {
  const found = await resolveHostAddress(ports({ names: BOTH, interfaces: { docker0: ['172.17.0.1'] } }))
  assert.deepEqual(found, { address: '172.18.0.1', source: 'host.k3d.internal' })
})

test('behavior: macOS asks for host.docker.internal first', async () => {
  const asked: string[] = []
  const found = await resolveHostAddress(ports({ platform: 'darwin', names: BOTH }, asked))
  assert.deepEqual(found, { address: '192.168.65.254', source: 'host.docker.internal' })
  assert.deepEqual(asked, ['host.docker.internal'])
})

test('behavior: without names Linux takes the docker0 bridge, IPv4 first', async () => {
  const interfaces = { lo: ['127.0.0.1'], eth0: ['10.1.2.3'], docker0: ['fe80::1', 'fd00::1', '172.17.0.1'] }
  assert.deepEqual(await resolveHostAddress(ports({ interfaces })), { address: '172.17.0.1', source: 'docker0' })
})

test('behavior: without names macOS takes the address of Docker Desktop', async () => {
  const found = await resolveHostAddress(ports({ platform: 'darwin' }))
  assert.deepEqual(found, { address: '192.168.65.254', source: 'Docker Desktop' })
})

test('behavior: a loopback address is never taken', async () => {
  const names = { 'host.k3d.internal': ['127.0.0.1', '::1'], 'host.docker.internal': ['127.0.0.1', '192.168.5.2'] }
  assert.deepEqual(await resolveHostAddress(ports({ names })), {
    address: '192.168.5.2',
    source: 'host.docker.internal',
  })
})

test('error: nothing found is undefined', async () => {
  assert.equal(
    await resolveHostAddress(ports({ interfaces: { docker0: ['169.254.0.1'], eth0: ['10.0.0.5'] } })),
    undefined,
  )
})

test('behavior: the real ports answer for this machine', async () => {
  const real = nodeHostPorts()
  const addresses = [...real.networkInterfaces().values()].flat()
  assert.ok(addresses.every((address) => address.includes('.') || address.includes(':')))
  assert.deepEqual(await real.lookup('127.0.0.1'), ['127.0.0.1'])
})
