import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { objectTypeFromCrd } from '../../../src/ssa/object-type.ts'
import { isJsonObject, jsonAt } from '../../../src/util/json.ts'
import { forEachRealServer } from '../../support/control-plane.ts'
import { CASES } from './cases.ts'
import { coreKind, customKind, install, type Kind, type Request, runCase, until } from './live.contract.ts'
import type { Step } from './predict-step.ts'
import { randomSteps } from './random-steps.ts'
import { PLAIN_CRD, SAMPLE_CRD, shiftingCrd } from './sample-crd.ts'

const SEEDS = 40

forEachRealServer((_, plane) => {
  const request: Request = (...args) => plane().request('admin', ...args)
  const kinds = new Map<string, Kind>()
  const kindOf = (name: string): Kind => {
    const kind = kinds.get(name)
    assert.ok(kind !== undefined, `no kind ${name}`)
    return kind
  }

  before(async () => {
    kinds.set('SAMPLE', await customKind(request, SAMPLE_CRD))
    kinds.set('PLAIN', await customKind(request, PLAIN_CRD))
    kinds.set('SERVICE', await coreKind(request, 'Service', 'services'))
    kinds.set('CONFIG_MAP', await coreKind(request, 'ConfigMap', 'configmaps'))
    kinds.set('SECRET', await coreKind(request, 'Secret', 'secrets'))
    kinds.set('ENDPOINTS', await coreKind(request, 'Endpoints', 'endpoints'))
  })

  for (const [i, { name, kind, steps }] of CASES.entries()) {
    test(`behavior: ${kind}: ${name}`, async () => {
      await runCase(request, kindOf(kind), `case-${i}`, steps)
    })
  }

  test(`behavior: ${SEEDS} random sequences`, async () => {
    const spec = jsonAt(SAMPLE_CRD, ['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'spec'])
    assert.ok(isJsonObject(spec))
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      await runCase(request, kindOf('SAMPLE'), `seed-${seed}`, randomSteps(seed, spec, 6))
    }
  })

  test('behavior: a map, struct or list that becomes atomic belongs to who owned anything in it, and back', async () => {
    const apply = (by: string, spec: Step['body']): Step => ({ do: 'apply', by, body: { spec } })
    const granular = await customKind(request, shiftingCrd(false))
    const both: readonly Step[] = [
      apply('a', { s: 'x', map: { k: 'v' }, struct: { x: 'x' }, list: [{ name: 'a' }] }),
      apply('b', { map: { l: 'w' }, struct: { z: 'z' }, list: [{ name: 'b' }] }),
      { do: 'merge', by: 'm', body: { spec: { map: { m: 'm' } } } },
    ]
    await runCase(request, granular, 'shifting', both, { keep: true })
    const atomic = await shift(request, granular, true)
    const whole = { map: { k: 'v', l: 'w', m: 'm' }, struct: { x: 'x', z: 'z' }, list: [{ name: 'a' }, { name: 'b' }] }
    const afterwards: readonly Step[] = [apply('c', whole), apply('a', { s: 'x', map: { k: 'v' } }), apply('b', {})]
    await runCase(request, atomic, 'shifting', afterwards, { keep: true })
    const again = await shift(request, granular, false)
    await runCase(request, again, 'shifting', [
      apply('c', { map: { k: 'v' } }),
      apply('d', { map: { k: 'w', l: 'x' }, list: [{ name: 'c' }] }),
      { ...apply('d', { map: { k: 'w', l: 'x' } }), do: 'force' },
    ])
  })
})

/** SIDE EFFECTS: changes the CRD, and waits until the server merges by it. */
async function shift(request: Request, kind: Kind, isAtomic: boolean): Promise<Kind> {
  const crd = shiftingCrd(isAtomic)
  await install(request, crd)
  const type = objectTypeFromCrd(crd, 'v1')
  assert.ok(type !== undefined)
  await until('the merge to follow the CRD', async () => {
    const { apiVersion, kind: name } = type
    const body = { apiVersion, kind: name, metadata: { name: 'probe' }, spec: { map: { k: 'v' } } }
    const path = `${kind.path}/probe?fieldManager=probe&dryRun=All`
    const answer = await request('PATCH', path, body, 'application/apply-patch+yaml')
    return JSON.stringify(answer.json()).includes('"f:map":{}') === isAtomic
  })
  return { path: kind.path, types: [type] }
}
