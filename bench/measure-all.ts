import { applyWorkspace, measureApply } from './measure-apply.ts'
import { measurePlan, measurePlanAlone, planCosts } from './measure-plan.ts'
import { measureSnapshot } from './measure-snapshot.ts'
import { measureStart } from './measure-start.ts'
import type { Setting } from './setting.ts'
import type { Measured } from './take-turns.ts'

const COUNT = 1_000
const MANY = 10_000
/** Offers of type http in one namespace are of one kind in one place. */
const PLACES = 1

export type Target = {
  readonly name: string
  /** A ratio, unless the name says otherwise. */
  readonly value: number
  readonly bound: { readonly atLeast: number } | { readonly atMost: number }
  readonly isMet: boolean
}

export type Figures = { readonly timings: readonly Measured[]; readonly targets: readonly Target[] }

/** All measurements of the benchmark, one after the other, in about four minutes. SIDE EFFECTS: fills the server. */
export async function measureAll(setting: Setting): Promise<Figures> {
  const [node, help] = await measureStart(setting)
  const [apply, kubectlApply] = await measureApply(setting, 'loopback', { obol: 5, kubectl: 5 })
  const [farApply, farKubectlApply] = await measureApply(setting, '20 ms', { obol: 3, kubectl: 1 })
  const thousand = { count: COUNT, ...(await applyWorkspace(setting, 'plan-1000', COUNT)) }
  const [plan, diff, diff16] = await measurePlan(setting, 'loopback', thousand, { obol: 7, diff: 3, diff16: 3 })
  const [farPlan, farDiff, farDiff16] = await measurePlan(setting, '20 ms', thousand, { obol: 7, diff: 1, diff16: 3 })
  const [offlinePlan, besidePlan] = await measureSnapshot(setting, thousand, 9)
  const costs = await planCosts(setting, '20 ms', thousand)
  setting.say(`applying ${MANY.toLocaleString('en-US')} offers`)
  const many = { count: MANY, ...(await applyWorkspace(setting, 'plan-10000', MANY)) }
  const manyPlan = await measurePlanAlone(setting, 'loopback', many, 3)
  const farManyPlan = await measurePlanAlone(setting, '20 ms', many, 3)
  return {
    timings: [
      ...[node, help, apply, kubectlApply, farApply, farKubectlApply, plan, diff, diff16, farPlan, farDiff, farDiff16],
      ...[offlinePlan, besidePlan, manyPlan, farManyPlan],
    ],
    targets: [
      atLeast('plan, 20 ms: times as fast as kubectl diff', ratio(farDiff, farPlan), 40),
      atLeast('plan, 20 ms: times as fast as kubectl diff --concurrency=16', ratio(farDiff16, farPlan), 4),
      atLeast('plan, loopback: times as fast as kubectl diff', ratio(diff, plan), 4),
      atMost('plan: requests for one kind in one namespace', costs.requests, 3 + PLACES),
      atMost('plan: resident MB', costs.residentMb, 250),
      atMost('plan, 20 ms: times as long for 10,000 as for 1,000', ratio(farManyPlan, farPlan), 8),
      atMost('plan, loopback: times as long for 10,000 as for 1,000', ratio(manyPlan, plan), 8),
      atMost('plan --snapshot: times as long as the plan at 20 ms', ratio(offlinePlan, besidePlan), 0.7),
      atLeast('apply, 20 ms: times as fast as kubectl apply', ratio(farKubectlApply, farApply), 5),
      atLeast('apply, loopback: times as fast as kubectl apply', ratio(kubectlApply, apply), 1.5),
      atMost('obol --help: times as long as node -e 0', ratio(help, node), 4),
    ],
  }
}

function ratio(a: Measured, b: Measured): number {
  return a.median / b.median
}

function atLeast(name: string, value: number, bound: number): Target {
  return { name, value, bound: { atLeast: bound }, isMet: value >= bound }
}

function atMost(name: string, value: number, bound: number): Target {
  return { name, value, bound: { atMost: bound }, isMet: value <= bound }
}
