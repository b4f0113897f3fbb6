import { type ApplyResult, isOnChain, type StepResult } from '../apply/results.ts'
import type { Plan, PlanStep } from '../plan/types.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import type { CompleteHint } from './complete-hint.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { Style } from './style.ts'

const GOOD: ReadonlySet<StepResult['result']> = new Set([
  'created',
  'configured',
  'adopted',
  'deleted',
  'unchanged',
  'waited',
  'registered',
])

/** Words of the summary, in its order. */
const WORDS = [
  'created',
  'registered',
  'adopted',
  'configured',
  'deleted',
  'pending',
  'failed',
  'blocked',
  'skipped',
] as const

/**
 * The exit code of a run: 130 interrupted, 4 when all that is left needs a decision, 3 when only a part was applied, 1
 * when nothing was, else 0. What is left to do on a chain counts for nothing: the offers are sold meanwhile.
 */
export function exitCodeOf(result: ApplyResult): ExitCode {
  if (result.interrupted) return EXIT.interrupted
  const bad = result.steps.filter((step) => !GOOD.has(step.result) && !isOnChain(step))
  if (bad.length === 0) return EXIT.done
  const causes = bad.filter((step) => step.result === 'failed')
  if (causes.length > 0 && causes.every(isConflict)) return EXIT.conflicts
  return bad.length < result.steps.length ? EXIT.appliedInPart : EXIT.error
}

function isConflict(step: StepResult): boolean {
  return step.diagnostics.some(({ code }) => code === 'OBOL-P004' || code === 'OBOL-P005')
}

/** `Applied: 3 created, 1 configured · 1 failed · 12 unchanged · 2.1 s`. */
export function summaryLine(plan: Plan, result: ApplyResult, seconds: number): string {
  const untouched = plan.steps.filter(isUntouched).length
  const count = (word: string): number => result.steps.filter((step) => step.result === word).length
  const parts = WORDS.filter((word) => count(word) > 0).map((word) => `${count(word)} ${word}`)
  const unchanged = untouched + count('unchanged')
  if (unchanged > 0) parts.push(`${unchanged} unchanged`)
  return `Applied: ${parts.length === 0 ? 'nothing to do' : parts.join(', ')} · ${seconds.toFixed(1)} s`
}

/** Objects, and identities as well, that are as they should be. */
function isUntouched(step: PlanStep): boolean {
  return (step.kind === 'object' || step.kind === 'identity') && step.op === 'noop'
}

/** One line per step, and what went wrong or is not as predicted below it. */
export function resultLines(step: StepResult, style: Style, complete: CompleteHint): string {
  const isGood = GOOD.has(step.result)
  const mark = isGood
    ? style.green('✓')
    : step.result === 'failed' && !isOnChain(step)
      ? style.red('✗')
      : style.yellow('–')
  const identity = step.agentId === undefined ? '' : `: identity ${step.agentId}`
  const lines = [`  ${mark} ${step.result.padEnd(10)} ${labelOf(step.id)}${identity}`]
  for (const diagnostic of step.diagnostics) {
    const paint = diagnostic.severity === 'error' ? style.red : style.yellow
    const field = diagnostic.field === undefined ? '' : `${diagnostic.field}: `
    lines.push(`      ${paint(diagnostic.code)} ${field}${diagnostic.message}`)
    if (diagnostic.hint !== undefined && !isGood)
      lines.push(`      ${style.dim('next')} ${style.cyan(complete(diagnostic.hint))}`)
  }
  return `${lines.join('\n')}\n`
}

/** `ServiceOffer llm/aeon` of `ServiceOffer.obol.org/llm/aeon`, `register on base` of `register/base/register`. */
function labelOf(id: string): string {
  const [kindOfStep, network, ...op] = id.split('/')
  if (kindOfStep === 'register') return `${op.join(' ')} on ${network}`
  if (kindOfStep === 'identity') return `AgentIdentity x402/default for ${network}`
  const object = id.replace(/^wait\//, '')
  const [kind = '', ...name] = object.split('/')
  return `${kind.split('.')[0] ?? kind} ${name.join('/')}`
}

/** The run for programs: `{formatVersion, run, interrupted, steps[], summary}`. */
export function applyJson(plan: Plan, result: ApplyResult, complete: CompleteHint): JsonObject {
  const summary: Record<string, JsonValue> = {}
  for (const step of result.steps) summary[step.result] = Number(summary[step.result] ?? 0) + 1
  const untouched = plan.steps.filter(isUntouched).length
  return {
    formatVersion: '1.0',
    run: result.run,
    interrupted: result.interrupted,
    steps: result.steps.map(({ id, op, result: outcome, agentId, diagnostics }) => ({
      id,
      op,
      result: outcome,
      ...(agentId === undefined ? {} : { agentId }),
      diagnostics: diagnostics.map(({ severity, code, message, field, hint }) => ({
        severity,
        code,
        message,
        ...(field === undefined ? {} : { field }),
        ...(hint === undefined ? {} : { hint: complete(hint) }),
      })),
    })),
    summary: { ...summary, unchanged: Number(summary['unchanged'] ?? 0) + untouched },
  }
}
