import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChainStep } from '../../src/plan/chain.ts'
import { describePlan } from '../../src/plan/describe-plan.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { Plan } from '../../src/plan/types.ts'
import { CHAIN_CASES, chainCaseOf } from './chain-cases.ts'
import { chainPlan, chainStep, mint, setter, waiting } from './chain-factories.ts'
import { ours, planOf, service, serviceOffer, wanted } from './factories.ts'

const AEON = 'ServiceOffer.obol.org/llm/aeon'
const HELLO = 'ServiceOffer.obol.org/llm/hello'
const MINT = 'register/base-sepolia/register'
const hello = wanted(serviceOffer({ name: 'hello' }))
const badService = wanted(service('aeon', 'llm', [{ port: '8402', protocol: 'TCP' }]))

function edges(plan: Plan): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(plan.steps.flatMap((step) => (step.kind === 'register' ? [[step.id, step.dependsOn]] : [])))
}

function mintFor(offers: readonly string[], over: Partial<ChainStep> = {}): ChainStep {
  return mint({ offers, ...over })
}

function appliesMint(plan: Plan): boolean | undefined {
  const rows = describePlan(plan, { all: true }).groups.flatMap((group) => group.rows)
  return rows.find(({ id }) => id === MINT)?.applies
}

test('default: the mint comes after the offers that want it', () => {
  const plan = chainPlan([wanted(serviceOffer()), hello], [mintFor(['llm/aeon', 'llm/hello'])])
  assert.deepEqual(edges(plan), { [MINT]: [AEON, HELLO] })
})

test('behavior: offers that stay as they are give no edge', () => {
  const world = { live: [ours(serviceOffer())] }
  assert.deepEqual(edges(chainPlan([wanted(serviceOffer())], [mint()], world)), { [MINT]: [] })
  const plan = chainPlan([wanted(serviceOffer()), hello], [mintFor(['llm/aeon', 'llm/hello'])], world)
  assert.deepEqual(edges(plan), { [MINT]: [HELLO] })
})

test('behavior: the steps of one network go one after the other, those of two side by side', () => {
  const other = mint({ network: 'base', id: 'register/base/register' })
  const chain = [mint(), other, setter('set-metadata', { key: 'a' }), waiting({ id: 'x' }), setter('set-wallet')]
  const plan = chainPlan([wanted(serviceOffer())], chain)
  assert.deepEqual(edges(plan), {
    [MINT]: [AEON],
    'register/base/register': [AEON],
    'register/base-sepolia/set-metadata/a': [MINT],
    x: ['register/base-sepolia/set-metadata/a'],
    'register/base-sepolia/set-wallet': ['register/base-sepolia/set-metadata/a'],
  })
})

test('behavior: what waits in front does not take the edges of what will run', () => {
  const plan = chainPlan([wanted(serviceOffer())], [setter('set-uri', { state: 'waiting' }), setter('set-wallet')])
  assert.deepEqual(edges(plan)['register/base-sepolia/set-wallet'], [AEON])
})

test('behavior: what was sent waits for no offer, what is bought after it does', () => {
  const plan = chainPlan([wanted(serviceOffer())], [mint({ state: 'pending' }), setter('set-wallet')])
  assert.deepEqual(edges(plan), { [MINT]: [], 'register/base-sepolia/set-wallet': [AEON, MINT] })
})

test('behavior: an offer that is held back holds its registration back', () => {
  const plan = chainPlan([badService, wanted(serviceOffer())], [mint()])
  assert.deepEqual([edges(plan)[MINT], appliesMint(plan)], [[AEON], false])
  const rows = describePlan(plan).groups.flatMap((group) => group.rows)
  assert.equal(rows.find(({ type }) => type === 'identity')?.applies, false)
})

test('behavior: unless another of its offers is applied or there already', () => {
  const offers = ['llm/aeon', 'llm/hello']
  const objects: readonly DesiredObject[] = [badService, wanted(serviceOffer()), hello]
  const applied = chainPlan(objects, [mintFor(offers)])
  assert.deepEqual([edges(applied)[MINT], appliesMint(applied)], [[HELLO], true])
  const there = chainPlan(objects, [mintFor(offers)], { live: [ours(serviceOffer({ name: 'hello' }))] })
  assert.deepEqual([edges(there)[MINT], appliesMint(there)], [[], true])
})

test('behavior: offers that are not part of the plan are taken as they are', () => {
  const plan = chainPlan([], [mintFor(['llm/elsewhere'])])
  assert.deepEqual([edges(plan)[MINT], appliesMint(plan)], [[], true])
})

test('behavior: nothing of the cluster ever waits for a chain, and the order of the plan fits its edges', () => {
  for (const { name, plan } of CHAIN_CASES) {
    const seen = new Map<string, string>()
    for (const step of plan().steps) {
      for (const id of step.dependsOn) {
        const kind = seen.get(id)
        assert.notEqual(kind, undefined, `${name}: ${step.id} before ${id}`)
        if (kind === 'register') assert.ok(step.kind === 'register' || step.kind === 'identity', `${name}: ${step.id}`)
        assert.notEqual(kind, 'identity', `${name}: ${step.id}`)
      }
      seen.set(step.id, step.kind)
    }
  }
})

test('behavior: with chains or without, the steps of the cluster are the same', () => {
  const objects = [badService, wanted(serviceOffer()), hello]
  const without = planOf(objects).steps
  const plan = chainPlan(objects, [mintFor(['llm/aeon', 'llm/hello'])])
  assert.deepEqual(plan.steps.slice(0, without.length), without)
  assert.deepEqual(
    plan.steps.slice(without.length).map(({ kind }) => kind),
    ['register', 'identity'],
  )
})

test('behavior: what waits, is pending or unknown warns at most', () => {
  const said = (state: ChainStep['state']): readonly string[] => {
    const diagnostics = [{ severity: 'error' as const, code: 'OBOL-C001', message: 'the chain cannot be read' }]
    const plan = chainPlan([wanted(serviceOffer())], [chainStep('register', { state, diagnostics })])
    return plan.steps.flatMap((step) => (step.kind === 'register' ? step.diagnostics : [])).map((item) => item.severity)
  }
  assert.deepEqual([said('waiting'), said('pending'), said('unknown')], [['warning'], ['warning'], ['warning']])
  assert.deepEqual(said('ready'), ['error'])
})

test('behavior: a plan with chains is the same when built twice', () => {
  for (const { name, plan } of CHAIN_CASES) assert.deepEqual(plan(), chainCaseOf(name), name)
})
