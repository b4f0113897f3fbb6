import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runIdentityStep } from '../../src/apply/run-identity-step.ts'
import type { ClusterWriter, WriteResult } from '../../src/cluster/types.ts'
import { APPLY_ERRORS } from '../../src/errors/apply.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import type { JournalEvent } from '../../src/journal/journal-events.ts'
import type { JsonArray, JsonObject } from '../../src/util/json.ts'
import { memoryJournal, outcomes } from './fake-run.ts'
import { entry, identityStep } from './identity-contract.ts'

type Answers = {
  /** What each GET reads; the last one stays. */
  readonly reads: readonly (JsonObject | undefined)[]
  readonly apply?: WriteResult
  readonly patch?: WriteResult
}

/** Runs the step against canned answers; what was sent is in `patches` and `manifests`. */
async function runWith(answers: Answers, agentId = '42', step = identityStep()) {
  const patches: JsonArray[] = []
  const manifests: JsonObject[] = []
  const events: JournalEvent[] = []
  const refuse: WriteResult = { result: 'changed', message: 'no answer is prepared' }
  let gets = 0
  const cluster: Pick<ClusterWriter, 'get' | 'apply' | 'patchJson'> = {
    get: async () => {
      gets += 1
      return answers.reads[Math.min(gets, answers.reads.length) - 1]
    },
    apply: async (_resource, manifest) => {
      manifests.push(manifest)
      return answers.apply ?? refuse
    },
    patchJson: async (_resource, _name, patch) => {
      patches.push(patch)
      return answers.patch ?? refuse
    },
  }
  const result = await runIdentityStep(step, agentId, { ports: { cluster, journal: memoryJournal(events) }, run: 'r' })
  return { lines: outcomes([result]), diagnostics: result.diagnostics, patches, manifests, events, gets }
}

function identity(status: JsonObject | undefined, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'obol.org/v1alpha1',
    kind: 'AgentIdentity',
    metadata: { name: 'default', namespace: 'x402', uid: 'u-1', resourceVersion: '7', ...metadata },
    ...(status === undefined ? {} : { status }),
  }
}

const stored = (...registrations: readonly JsonObject[]): WriteResult => ({
  ...{ result: 'ok', created: false },
  object: identity({ registrations }, { resourceVersion: '8' }),
})

test('default: the patch is of the status alone, under uid and version', async () => {
  const live = identity({ registrations: [entry('base', '7')], note: 'kept' })
  const { lines, patches } = await runWith({
    reads: [live],
    patch: stored(entry('base', '7'), entry('base-sepolia', '42')),
  })
  assert.deepEqual(lines, ['identity/base-sepolia configured'])
  assert.deepEqual(patches, [
    [
      { op: 'test', path: '/metadata/uid', value: 'u-1' },
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/status/registrations/1', value: entry('base-sepolia', '42') },
    ],
  ])
})

test('default: a create is bare, without our label, and guarded against an object that exists', async () => {
  const { manifests } = await runWith({ reads: [undefined], apply: { result: 'missing', message: '' } })
  assert.deepEqual(manifests, [
    {
      apiVersion: 'obol.org/v1alpha1',
      kind: 'AgentIdentity',
      metadata: { name: 'default', namespace: 'x402', resourceVersion: '1' },
      spec: {},
    },
  ])
})

test('behavior: fields of an entry that this version does not know stay', async () => {
  const live = identity({ registrations: [entry('base-sepolia', '3', { owner: '0xabc' })] })
  const { patches } = await runWith({ reads: [live], patch: stored(entry('base-sepolia', '42')) }, '42', {
    ...identityStep({ before: '3' }),
  })
  assert.deepEqual(patches[0]?.slice(2), [{ op: 'replace', path: '/status/registrations/0/agentId', value: '42' }])
})

for (const bad of ['', '-1', '0x7', '7 ', '1e3', '1'.repeat(79), '٣']) {
  test(`error: ${JSON.stringify(bad.slice(0, 8))} is no agentId, and nothing is asked or recorded`, async () => {
    const { lines, events, gets } = await runWith({ reads: [undefined] }, bad)
    assert.deepEqual(lines, ['identity/base-sepolia failed OBOL-A014'])
    assert.deepEqual([events, gets], [[], 0])
  })
}

test('error: a status that is not laid out as one is not written over', async () => {
  const odd: readonly JsonObject[] = [
    identity({ registrations: { base: '7' } }),
    identity({ registrations: ['base'] }),
    { ...identity(undefined), status: 'none' },
  ]
  for (const live of odd) {
    const { lines, patches } = await runWith({ reads: [live] })
    assert.deepEqual(lines, ['identity/base-sepolia failed OBOL-A015'])
    assert.deepEqual(patches, [])
  }
})

test('error: an object that is being deleted is left alone', async () => {
  const live = identity(undefined, { deletionTimestamp: '2026-01-01T00:00:00Z' })
  const { lines, patches } = await runWith({ reads: [live] })
  assert.deepEqual([lines, patches], [['identity/base-sepolia failed OBOL-A009'], []])
})

test('error: a refusal for good is told once, be it of a patch or of one that fits no endpoint', async () => {
  const live = identity(undefined)
  const invalid: WriteResult = { result: 'invalid', message: 'denied by policy', causes: [] }
  const refused = await runWith({ reads: [live], patch: invalid })
  assert.deepEqual(refused.lines, ['identity/base-sepolia failed OBOL-A005'])
  assert.equal(refused.patches.length, 1)
  // Without a status subresource its path is a 404 although the object is there.
  const missing = await runWith({ reads: [live], patch: { result: 'missing', message: 'not found' } })
  assert.deepEqual(missing.lines, ['identity/base-sepolia failed OBOL-A005'])
  assert.equal(missing.patches.length, 1)
})

test('error: a server that says ok and stores another thing', async () => {
  const live = identity(undefined)
  const answers = [stored(), stored(entry('base-sepolia', '4')), stored(entry('base', '42'))]
  for (const patch of answers) {
    assert.deepEqual((await runWith({ reads: [live], patch })).lines, ['identity/base-sepolia failed OBOL-A006'])
  }
})

test('error: without a journal nothing is sent', async () => {
  let sent = 0
  const count = async (): Promise<WriteResult> => {
    sent += 1
    return stored()
  }
  const lost = new ObolError(APPLY_ERRORS.STATE_UNWRITABLE)
  const journal = { append: () => Promise.reject(lost), close: async () => undefined }
  for (const live of [undefined, identity(undefined)]) {
    const cluster = { get: async () => live, apply: count, patchJson: count }
    await assert.rejects(runIdentityStep(identityStep(), '42', { ports: { cluster, journal }, run: 'r' }), lost)
  }
  assert.equal(sent, 0)
})
