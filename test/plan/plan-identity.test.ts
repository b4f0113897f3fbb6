import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAN_ERRORS } from '../../src/errors/plan.ts'
import type { ChainStep, IdentityStep } from '../../src/plan/chain.ts'
import { withRegistration } from '../../src/plan/with-registration.ts'
import type { JsonArray } from '../../src/util/json.ts'
import {
  agentIdentity,
  agentIdentityCrd,
  type ChainWorld,
  chainPlan,
  chainStep,
  chainStepOf,
  mint,
  setter,
  waiting,
} from './chain-factories.ts'
import { ours, serviceOffer, wanted } from './factories.ts'

const LIVE = [ours(serviceOffer())]

/** The identity step of a plan with these steps; undefined when there is none. */
function identityOf(chain: readonly ChainStep[], world: ChainWorld = {}): IdentityStep | undefined {
  const plan = chainPlan([wanted(serviceOffer())], chain, { live: LIVE, ...world })
  return plan.steps.find((step) => step.kind === 'identity')
}

const settled = (agentId: string): ChainStep => chainStep('settled', { agentId })

test('default: the object is created with the agentId that the mint gives', () => {
  const step = identityOf([mint()])
  assert.deepEqual([step?.op, step?.agentId, step?.live, step?.waits], ['create', undefined, undefined, false])
  assert.deepEqual(step?.dependsOn, ['register/base-sepolia/register'])
})

test('behavior: an entry that is missing or says another id is written, one that is right is left', () => {
  const op = (registrations: JsonArray) => identityOf([settled('57')], { registrations })?.op
  assert.equal(op([]), 'update')
  assert.equal(op([{ chain: 'base', agentId: '57' }]), 'update')
  assert.equal(op([{ chain: 'base-sepolia', agentId: '9' }]), 'update')
  assert.equal(op([{ chain: 'base-sepolia', agentId: 57 }]), 'update')
  assert.equal(op([{ chain: 'base-sepolia', agentId: '57' }]), 'noop')
  const step = identityOf([settled('57')], { registrations: [{ chain: 'base-sepolia', agentId: '9' }] })
  assert.deepEqual([step?.before, step?.live], ['9', { uid: 'uid-agentidentity', resourceVersion: '7' }])
})

test('behavior: id 0 and ids beyond 2^53 are ids like any other', () => {
  for (const agentId of ['0', '115792089237316195423570985008687907853269984665640564039457584007913129639935']) {
    assert.equal(identityOf([settled(agentId)], { registrations: [] })?.agentId, agentId)
    assert.equal(identityOf([settled(agentId)], { registrations: [{ chain: 'base-sepolia', agentId }] })?.op, 'noop')
  }
})

test('behavior: entries of other chains are kept, a second one of the same chain is not', () => {
  const before: JsonArray = [
    { chain: 'base', agentId: '3' },
    { chain: 'base-sepolia', agentId: '9', since: 'x' },
    { chain: 'base-sepolia', agentId: '10' },
    { chain: 'ethereum', agentId: '4' },
  ]
  assert.deepEqual(withRegistration(before, 'base-sepolia', '57'), [
    { chain: 'base', agentId: '3' },
    { chain: 'base-sepolia', agentId: '57', since: 'x' },
    { chain: 'ethereum', agentId: '4' },
  ])
  assert.deepEqual(withRegistration([], 'base', '0'), [{ chain: 'base', agentId: '0' }])
  assert.deepEqual(withRegistration([{ chain: 'base', agentId: '3' }], 'ethereum', '0'), [
    { chain: 'base', agentId: '3' },
    { chain: 'ethereum', agentId: '0' },
  ])
})

test('behavior: what is adopted is written after it, what is pending once it is final', () => {
  assert.deepEqual(identityOf([chainStep('adopt', { agentId: '57' }), setter('set-uri')])?.dependsOn, [
    'register/base-sepolia/adopt',
  ])
  const pending = identityOf([mint({ state: 'pending' })])
  assert.deepEqual([pending?.dependsOn, pending?.agentId], [['register/base-sepolia/register'], undefined])
})

test('behavior: an identity that only changes is written without waiting for the changes', () => {
  const step = identityOf([setter('set-uri'), setter('set-metadata', { key: 'region' })])
  assert.deepEqual([step?.agentId, step?.dependsOn], ['57', []])
})

test('behavior: nothing is written while it is not known which identity is ours', () => {
  assert.equal(identityOf([waiting()]), undefined)
  assert.equal(identityOf([chainStep('register', { state: 'unknown', agentId: '57' })]), undefined)
  assert.equal(identityOf([setter('set-uri', { state: 'pending' }), waiting()]), undefined)
  assert.equal(identityOf([]), undefined)
})

test('behavior: what the object needs of the same plan comes first', () => {
  const crd = 'CustomResourceDefinition.apiextensions.k8s.io/agentidentities.obol.org'
  const objects = [
    wanted(serviceOffer()),
    wanted(agentIdentityCrd(), { manifest: true }),
    wanted({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x402' } }, { manifest: true }),
    wanted({
      apiVersion: 'obol.org/v1alpha1',
      kind: 'AgentIdentity',
      metadata: { name: 'default', namespace: 'x402' },
    }),
  ]
  const plan = chainPlan(objects, [mint()], { namespaces: { x402: 'absent' }, servesIdentities: false })
  const step = chainStepOf(plan, 'identity/base-sepolia')
  assert.deepEqual(
    [...step.dependsOn].sort(),
    ['AgentIdentity.obol.org/x402/default', 'Namespace/x402', 'register/base-sepolia/register', `wait/${crd}`].sort(),
  )
  // The plan itself makes the object, so the status is all that is left to do.
  assert.equal(step.op, 'update')
})

test('behavior: where the cluster cannot take the object yet, the step waits with a warning', () => {
  const codes = (world: ChainWorld): unknown => {
    const step = identityOf([mint()], world)
    const { waits, diagnostics = [] } = step ?? {}
    return [waits, diagnostics.map(({ severity, code }) => [severity, code])]
  }
  const said = (code: string): unknown => [true, [['warning', code]]]
  assert.deepEqual(codes({ servesIdentities: false }), said(PLAN_ERRORS.KIND_NOT_SERVED.code))
  assert.deepEqual(codes({ namespaces: { x402: 'absent' } }), said(PLAN_ERRORS.NAMESPACE_MISSING.code))
  assert.deepEqual(codes({ namespaces: { x402: 'terminating' } }), said(PLAN_ERRORS.NAMESPACE_TERMINATING.code))
  const dying = agentIdentity([], { deletionTimestamp: '2025-11-23T11:59:00Z' })
  assert.deepEqual(codes({ live: [...LIVE, dying] }), said(PLAN_ERRORS.OBJECT_TERMINATING.code))
})

test('behavior: a status that is no list counts as empty', () => {
  const odd = { ...agentIdentity([]), status: { registrations: 'none' } }
  assert.equal(identityOf([settled('57')], { live: [...LIVE, odd] })?.op, 'update')
})

test('behavior: the object that holds agentIds is not pruned', () => {
  const labels = { 'offers.obol.org/workspace': 'shop-1' }
  const live = [...LIVE, agentIdentity([{ chain: 'base-sepolia', agentId: '57' }], { labels })]
  const prune = { maxCount: 3, maxPercent: 10 }
  const plan = chainPlan([wanted(serviceOffer())], [settled('57')], { live }, { prune })
  assert.deepEqual(
    [plan.orphans, plan.steps.filter((step) => step.kind === 'object' && step.op === 'delete')],
    [[], []],
  )
  const without = chainPlan([wanted(serviceOffer())], [], { live }, { prune })
  assert.equal(
    without.steps.some((step) => step.kind === 'object' && step.op === 'delete'),
    true,
  )
})
