import { applyPlan } from '../../src/apply/apply-plan.ts'
import type { ApplyOptions, ApplyPorts } from '../../src/apply/ports.ts'
import type { ApplyResult, StepResult } from '../../src/apply/results.ts'
import type { Journal } from '../../src/journal/file-journal.ts'
import type { JournalEvent } from '../../src/journal/journal-events.ts'
import { buildPlan, planAgain, typeOfStep } from '../../src/plan/build-plan.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { NamespaceState } from '../../src/plan/observed.ts'
import type { Plan, PlanOptions } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { desiredOf, observedOf, typeOf } from '../plan/factories.ts'
import { type FakeCluster, type FakeHook, fakeCluster } from '../support/fake-cluster.ts'

export type FakeWorld = {
  readonly wanted: readonly DesiredObject[]
  readonly live?: readonly JsonObject[]
  readonly hook?: FakeHook
  readonly namespaces?: Readonly<Record<string, NamespaceState>>
  readonly unserved?: ReadonlySet<string>
  /** Kinds that the plan finds not served. */
  readonly without?: readonly string[]
  readonly options?: Partial<PlanOptions>
}

export type FakeRun = {
  readonly cluster: FakeCluster
  /** The plan from what the cluster holds now. */
  plan(): Plan
  /** Applies a plan; `events` are the journal's. */
  apply(
    plan: Plan,
    more?: FakeApply,
  ): Promise<{ readonly result: ApplyResult; readonly events: readonly JournalEvent[] }>
}

export type FakeApply = Partial<Pick<ApplyPorts, 'onProgress' | 'signal'>> &
  Partial<ApplyOptions> & { readonly journal?: Journal }

/** A workspace, a fake cluster, and the two verbs. */
export function fakeRun(world: FakeWorld): FakeRun {
  const { namespaces = {}, unserved, hook } = world
  const cluster = fakeCluster({
    typeOf,
    objects: world.live ?? [],
    ...(hook === undefined ? {} : { hook }),
    ...(unserved === undefined ? {} : { unserved }),
    namespaces: ['default', 'llm'].filter((name) => namespaces[name] !== 'absent'),
  })
  const desired = desiredOf(...world.wanted)
  const options: PlanOptions = { decisions: [], ...world.options }
  const observed = () =>
    observedOf({
      live: cluster.objects(),
      namespaces,
      ...(world.without === undefined ? {} : { without: world.without }),
    })
  let last = observed()
  return {
    cluster,
    plan: () => {
      last = observed()
      return buildPlan(desired, last, options)
    },
    apply: async (plan, more = {}) => {
      const seen = last
      const events: JournalEvent[] = []
      const result = await applyPlan(
        plan,
        {
          cluster: cluster.writer,
          journal: more.journal ?? memoryJournal(events),
          planAgain: (id, live) => planAgain(desired, seen, options, id, live),
          typeOf: (step) => typeOfStep(desired, seen, step),
          onProgress: more.onProgress ?? (() => undefined),
          signal: more.signal ?? new AbortController().signal,
        },
        { run: more.run ?? 'run-1', concurrency: more.concurrency ?? 4, waitTimeoutMs: more.waitTimeoutMs ?? 2000 },
      )
      return { result, events }
    },
  }
}

/** A journal that keeps its events in a list. */
export function memoryJournal(events: JournalEvent[]): Journal {
  return {
    append: async (event) => {
      events.push(event)
    },
    close: async () => undefined,
  }
}

/** `ServiceOffer.obol.org/llm/aeon created`, with the code of a failure: `… failed OBOL-A004`. */
export function outcomes(steps: readonly StepResult[]): readonly string[] {
  return steps.map(({ id, result, diagnostics }) => {
    const codes = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => ` ${code}`)
    return `${id} ${result}${codes.join('')}`
  })
}

/** The events without run and version numbers: `apply-intended ServiceOffer.obol.org/llm/aeon`. */
export function eventLines(events: readonly JournalEvent[]): readonly string[] {
  return events.map((event) => ('step' in event ? `${event.type} ${event.step}` : event.type))
}
