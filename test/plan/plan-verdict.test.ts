import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REGISTER_ERRORS } from '../../src/errors/register.ts'
import type { ChainStep } from '../../src/plan/chain.ts'
import { checkMaxFee } from '../../src/plan/check-max-fee.ts'
import { describePlan } from '../../src/plan/describe-plan.ts'
import { type PlanVerdict, planVerdict } from '../../src/plan/plan-verdict.ts'
import { caseOf } from './cases.ts'
import { chainCaseOf } from './chain-cases.ts'
import { chainPlan, chainStep, fee, mint, setter } from './chain-factories.ts'
import { ours, serviceOffer, wanted } from './factories.ts'

test('default: the verdict on plans of the cluster', () => {
  const verdicts: Readonly<Record<string, PlanVerdict>> = {
    'create-all': 'changes',
    unchanged: 'unchanged',
    'orphans-left': 'unchanged',
    'conflict-undecided': 'conflicts',
    'missing-crd': 'errors',
    'prune-ceiling': 'refused',
  }
  for (const [name, verdict] of Object.entries(verdicts)) assert.equal(planVerdict(caseOf(name)), verdict, name)
})

test('default: the verdict on plans with a chain', () => {
  const verdicts: Readonly<Record<string, PlanVerdict>> = {
    mint: 'changes',
    adopt: 'changes',
    'set-all': 'changes',
    'no-base-url': 'unchanged',
    'unknown-chain': 'unchanged',
    pending: 'changes',
    settled: 'unchanged',
    'max-fee': 'refused',
    'offer-held-back': 'errors',
  }
  for (const [name, verdict] of Object.entries(verdicts)) assert.equal(planVerdict(chainCaseOf(name)), verdict, name)
})

test('behavior: an agentId that is to be written is a change, unless the cluster cannot take it yet', () => {
  const settled = [chainStep('settled', { agentId: '57' })]
  const live = [ours(serviceOffer())]
  assert.equal(planVerdict(chainPlan([wanted(serviceOffer())], settled, { live })), 'changes')
  const plan = chainPlan([wanted(serviceOffer())], settled, { live, servesIdentities: false })
  assert.equal(planVerdict(plan), 'unchanged')
  assert.equal(describePlan(plan).summary.warnings, 1)
})

test('behavior: a step that is ready and has an error is held back and counts as one', () => {
  const diagnostics = [{ severity: 'error' as const, code: 'OBOL-R009', message: 'would revert' }]
  const plan = chainPlan([wanted(serviceOffer())], [mint({ diagnostics })], { live: [ours(serviceOffer())] })
  const { errors, heldBack, registrations } = describePlan(plan).summary
  assert.deepEqual([planVerdict(plan), errors, heldBack, registrations.mint], ['errors', 1, 2, 0])
})

test('error: fees above the limit, added up per chain', () => {
  const both: readonly ChainStep[] = [mint({ fee: fee(3n, 6n) }), setter('set-wallet', { fee: fee(1n, 2n) })]
  const high = fee(3n, 6n).high + fee(1n, 2n).high
  assert.equal(checkMaxFee(both, high), undefined)
  assert.equal(checkMaxFee(both, high - 1n)?.code, REGISTER_ERRORS.MAX_FEE.code)
  const elsewhere = [mint({ fee: fee(3n, 6n) }), mint({ network: 'base', fee: fee(3n, 6n) })]
  assert.equal(checkMaxFee(elsewhere, fee(3n, 6n).high), undefined)
})

test('behavior: the limit is for what apply would pay', () => {
  const expensive = fee(3n, 6n)
  const check = (state: ChainStep['state']): boolean => checkMaxFee([mint({ state, fee: expensive })], 1n) !== undefined
  assert.deepEqual([check('ready'), check('pending'), check('waiting'), check('unknown')], [true, false, false, false])
  assert.notEqual(checkMaxFee([mint({ state: 'pending', fee: expensive, raisesFee: true })], 1n), undefined)
  assert.equal(checkMaxFee([chainStep('adopt')], 0n), undefined)
})

test('behavior: above the limit nothing that costs is counted as a change, the offers are', () => {
  const { summary } = describePlan(chainCaseOf('max-fee'))
  assert.deepEqual([summary.create, summary.registrations.mint, summary.identities, summary.fees], [2, 0, 0, []])
})
