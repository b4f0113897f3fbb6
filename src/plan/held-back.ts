import { REGISTER_ERRORS } from '../errors/register.ts'
import type { Diagnostic, PlanStep } from './types.ts'

/**
 * By step: what holds it back, itself (an empty list) or the steps it waits for. Steps come after what they depend on.
 * Above the fee limit, a diagnostic of the plan, nothing that costs is done. Pure.
 */
export function heldBack(
  steps: readonly PlanStep[],
  diagnostics: readonly Diagnostic[] = [],
): ReadonlyMap<string, readonly string[]> {
  const isTooDear = diagnostics.some(({ code }) => code === REGISTER_ERRORS.MAX_FEE.code)
  const held = new Map<string, readonly string[]>()
  for (const step of steps) {
    const blockers = step.dependsOn.filter((id) => held.has(id))
    if (isStopped(step, isTooDear) || blockers.length > 0) held.set(step.id, blockers)
  }
  return held
}

function isStopped(step: PlanStep, isTooDear: boolean): boolean {
  switch (step.kind) {
    case 'object':
      return step.op !== 'noop' && step.write === undefined
    case 'register':
      if (step.state !== 'ready') return false
      return (isTooDear && step.fee !== undefined) || step.diagnostics.some(({ severity }) => severity === 'error')
    case 'wait':
    case 'identity':
      return false
  }
}
