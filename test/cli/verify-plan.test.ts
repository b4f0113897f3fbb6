import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyPlan } from '../../src/cli/verify-plan.ts'
import type { ClusterWriter, WriteResult } from '../../src/cluster/types.ts'
import type { Plan } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { caseOf } from '../plan/cases.ts'
import { ours, planOf, serviceOffer, stepOf, wanted, withMetadata } from '../plan/factories.ts'

type Sent = { readonly manifest: JsonObject; readonly dryRun: boolean | undefined; readonly force: boolean }

/** A cluster that answers every apply alike and can do nothing else. */
function clusterThat(answer: WriteResult | ((manifest: JsonObject) => WriteResult), sent: Sent[] = []): ClusterWriter {
  const refuse = (): never => {
    throw new Error('a dry-run sends applies only')
  }
  return {
    context: 'test',
    server: 'https://test',
    fingerprint: '',
    requestCount: () => sent.length,
    version: refuse,
    get: refuse,
    list: refuse,
    openApiIndex: refuse,
    openApi: refuse,
    apply: async (_, manifest, { dryRun, force }) => {
      sent.push({ manifest, dryRun, force })
      return typeof answer === 'function' ? answer(manifest) : answer
    },
    patchJson: refuse,
    delete: refuse,
    watch: refuse,
    close: async () => undefined,
  }
}

async function codes(plan: Plan, answer: WriteResult): Promise<readonly string[]> {
  const verified = await verifyPlan(plan, clusterThat(answer), new AbortController().signal)
  return stepOf(verified, 'ServiceOffer').diagnostics.map(({ severity, code }) => `${severity} ${code}`)
}

const update = (): Plan =>
  planOf([wanted(serviceOffer({ price: { perMTok: '24' } }))], { live: [ours(serviceOffer())] })

test('default: the dry-run carries the planned version and stores nothing', async () => {
  const sent: Sent[] = []
  const plan = update()
  const object = stepOf(plan, 'ServiceOffer').after ?? {}
  const verified = await verifyPlan(
    plan,
    clusterThat({ result: 'ok', object, created: false }, sent),
    new AbortController().signal,
  )
  assert.deepEqual(verified, plan)
  assert.equal(sent.length, 1)
  assert.equal(sent[0]?.dryRun, true)
  assert.equal(sent[0]?.force, false)
  assert.deepEqual(
    (sent[0]?.manifest['metadata'] as JsonObject | undefined)?.['resourceVersion'],
    stepOf(plan, 'ServiceOffer').live?.resourceVersion,
  )
})

test('behavior: what an admission webhook adds is a warning', async () => {
  const plan = update()
  const object = withMetadata(stepOf(plan, 'ServiceOffer').after ?? {}, { annotations: { injected: 'yes' } })
  assert.deepEqual(await codes(plan, { result: 'ok', object, created: false }), ['warning OBOL-P020'])
})

test('behavior: every other answer is told', async () => {
  const causes = [{ field: '.spec.payTo', message: 'conflict with "x"' }]
  assert.deepEqual(await codes(update(), { result: 'changed', message: '' }), ['warning OBOL-P020'])
  assert.deepEqual(await codes(update(), { result: 'conflict', causes }), ['warning OBOL-P020'])
  assert.deepEqual(await codes(update(), { result: 'missing', message: '' }), ['info OBOL-P021'])
  assert.deepEqual(await codes(update(), { result: 'invalid', message: 'no', causes: [] }), ['error OBOL-P022'])
})

test('behavior: a step with a transfer is not sent', async () => {
  const sent: Sent[] = []
  const cluster = clusterThat({ result: 'missing', message: '' }, sent)
  const verified = await verifyPlan(caseOf('two-live-price-keys'), cluster, new AbortController().signal)
  assert.deepEqual(
    stepOf(verified, 'ServiceOffer').diagnostics.map(({ code }) => code),
    ['OBOL-P021'],
  )
  assert.deepEqual(sent, [])
})

test('behavior: a secret that the server stores otherwise is not shown', async () => {
  const plan = caseOf('secrets')
  const stored = { ...(stepOf(plan, 'Secret', 'facilitator').after ?? {}), data: { token: 'c3RvcmVk' } }
  const cluster = clusterThat({ result: 'ok', object: stored, created: false })
  const verified = await verifyPlan(plan, cluster, new AbortController().signal)
  const [diagnostic] = stepOf(verified, 'Secret', 'facilitator').diagnostics
  assert.equal(diagnostic?.code, 'OBOL-P020')
  assert.match(diagnostic?.message ?? '', /\*\*\*/)
  assert.equal(diagnostic?.message.includes('c3RvcmVk'), false)
})
