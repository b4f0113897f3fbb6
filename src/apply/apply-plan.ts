import pLimit from 'p-limit'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import type { ChainStep } from '../plan/chain.ts'
import { objectLabel } from '../plan/describe-conflict.ts'
import type { ObjectStep, Plan, PlanStep } from '../plan/types.ts'
import { shellWord } from '../util/shell-word.ts'
import type { ApplyOptions, ApplyPorts } from './ports.ts'
import { type ApplyResult, done, failed, type StepResult } from './results.ts'
import { runIdentityStep } from './run-identity-step.ts'
import { runObjectStep } from './run-object-step.ts'
import { runWaitStep } from './run-wait-step.ts'

/**
 * Carries out a plan: independent steps side by side, each after what it depends on; a failed step blocks only its
 * dependents. Steps without a write (noop, undecided conflicts, errors) are not begun.
 * SIDE EFFECTS: those of the steps, and the journal.
 */
export async function applyPlan(plan: Plan, ports: ApplyPorts, options: ApplyOptions): Promise<ApplyResult> {
  const steps = plan.steps.filter(isActive)
  const run = new Run(ports, options, steps.length)
  const isRecorded = steps.some((step) => step.kind !== 'object' || step.write !== undefined)
  if (isRecorded) await ports.journal.append({ type: 'run-started', run: options.run, steps: steps.length })
  ports.onProgress({ type: 'run-started', steps: steps.length })
  const results = await run.all(steps)
  const count = (wanted: (result: StepResult) => boolean): number => results.filter(wanted).length
  const isBad = ({ result }: StepResult): boolean => UNMET.has(result)
  if (isRecorded && !run.isJournalLost) {
    const bad = count(isBad)
    await ports.journal.append({ type: 'run-finished', run: options.run, applied: results.length - bad, failed: bad })
  }
  if (run.lost !== undefined) throw run.lost
  return { run: options.run, steps: results, interrupted: ports.signal.aborted }
}

/** Steps that are waiting or unknown on a chain are not begun: nothing is concluded from what is not known. */
function isActive(step: PlanStep): boolean {
  switch (step.kind) {
    case 'wait':
      return true
    case 'object':
      return step.op !== 'noop'
    case 'register':
      return step.state === 'ready' || step.state === 'pending'
    case 'identity':
      return step.op !== 'noop' && !step.waits
  }
}

/** What a step needs and does not get from these: it is not begun. */
const UNMET: ReadonlySet<StepResult['result']> = new Set(['failed', 'blocked', 'skipped', 'pending'])

/** One run: which steps are under way, and why it has to end early. */
class Run {
  readonly #ports: ApplyPorts
  readonly #options: ApplyOptions
  readonly #total: number
  readonly #limit: ReturnType<typeof pLimit>
  readonly #under = new Map<string, Promise<StepResult>>()
  /** By network: what the steps of this run found or made. */
  readonly #agentIds = new Map<string, string>()
  #done = 0
  /** Set when nothing more can be recorded or sent: the error that ends the run. */
  lost: unknown

  constructor(ports: ApplyPorts, options: ApplyOptions, total: number) {
    this.#ports = ports
    this.#options = options
    this.#total = total
    this.#limit = pLimit(options.concurrency)
  }

  get isJournalLost(): boolean {
    return this.lost instanceof ObolError && this.lost.code === APPLY_ERRORS.STATE_UNWRITABLE.code
  }

  all(steps: readonly PlanStep[]): Promise<StepResult[]> {
    // The order of the plan puts every step after what it depends on, so its promise is already here.
    for (const step of steps) this.#under.set(step.id, this.#begin(step))
    return Promise.all(this.#under.values())
  }

  async #begin(step: PlanStep): Promise<StepResult> {
    const needs = await Promise.all(step.dependsOn.flatMap((id) => this.#under.get(id) ?? []))
    const blocker = needs.find(({ result }) => UNMET.has(result))
    const result = blocker === undefined ? await this.#limit(() => this.#run(step)) : blocked(step, blocker)
    this.#done += 1
    this.#ports.onProgress({ type: 'step-finished', result, done: this.#done, steps: this.#total })
    return result
  }

  async #run(step: PlanStep): Promise<StepResult> {
    if (this.#ports.signal.aborted || this.lost !== undefined) return done(step, 'skipped')
    if (step.kind === 'object' && step.write === undefined) return notApplied(step)
    this.#ports.onProgress({ type: 'step-started', id: step.id })
    const result = await this.#carryOut(step).catch((error: unknown) => this.#fail(step, error))
    const [problem] = result.diagnostics
    if (result.result !== 'failed' || problem === undefined || this.lost !== undefined) return result
    const { code, message } = problem
    try {
      await this.#ports.journal.append({ type: 'step-failed', run: this.#options.run, step: step.id, code, message })
    } catch (error) {
      this.lost ??= error
    }
    return result
  }

  #carryOut(step: PlanStep): Promise<StepResult> {
    const context = { ports: this.#ports, run: this.#options.run }
    switch (step.kind) {
      case 'wait':
        return runWaitStep(step, this.#ports, this.#options.waitTimeoutMs)
      case 'object':
        return runObjectStep(step, context)
      case 'register':
        return this.#onChain(step)
      case 'identity': {
        const agentId = this.#agentIds.get(step.network) ?? step.agentId
        if (agentId === undefined) return Promise.resolve(failed(step, APPLY_ERRORS.BLOCKED))
        return runIdentityStep(step, agentId, context)
      }
    }
  }

  async #onChain(step: ChainStep): Promise<StepResult> {
    const agentId = step.agentId ?? this.#agentIds.get(step.network)
    const known = agentId === undefined ? step : { ...step, agentId }
    const outcome = await this.#ports.runChainStep?.(known, this.#options.run)
    if (outcome === undefined) return done(step, 'skipped')
    if (outcome.agentId !== undefined) this.#agentIds.set(step.network, outcome.agentId)
    const diagnostics = outcome.diagnostic === undefined ? [] : [outcome.diagnostic]
    return {
      ...done(step, outcome.result),
      ...(outcome.agentId === undefined ? {} : { agentId: outcome.agentId }),
      diagnostics,
    }
  }

  /** A step's own error stays with the step; one without a code is a defect and ends the run, as does a lost journal. */
  #fail(step: PlanStep, error: unknown): StepResult {
    if (!(error instanceof ObolError)) {
      this.lost ??= error
      return failed(step, { code: 'OBOL-U900', title: 'unexpected error' })
    }
    if (error.code === APPLY_ERRORS.STATE_UNWRITABLE.code) this.lost ??= error
    const { code, message, details, hint } = error
    const title = details.length === 0 ? message : `${message}: ${details.join('; ')}`
    return failed(step, { code, title, ...(hint === undefined ? {} : { hint }) })
  }
}

function blocked(step: PlanStep, by: StepResult): StepResult {
  const result = failed(step, APPLY_ERRORS.BLOCKED, { message: `needs ${by.id}, which was not applied` })
  return { ...result, result: 'blocked' }
}

function notApplied(step: ObjectStep): StepResult {
  const conflict = step.conflicts.find(({ decision }) => decision === undefined)
  if (conflict === undefined || step.diagnostics.length > 0) {
    return { id: step.id, op: step.op, result: 'failed', diagnostics: step.diagnostics }
  }
  const hint = `obol apply --take ${shellWord(`${objectLabel(step.ref)}:${conflict.path}`)}`
  return failed(step, { ...PLAN_ERRORS.UNDECIDED_CONFLICT, hint }, { field: conflict.path })
}
