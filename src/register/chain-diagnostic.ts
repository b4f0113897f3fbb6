import type { Descriptor } from '../errors/descriptor.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { ChainStep } from '../plan/chain.ts'
import type { Diagnostic } from '../plan/types.ts'
import { maskText } from '../util/mask.ts'

/**
 * What is in the way of a step on a chain. A warning: the offer is sold meanwhile. `about` says more, after the title; an
 * ObolError speaks for itself.
 */
export function chainDiagnostic(
  step: Pick<ChainStep, 'id' | 'network'>,
  descriptor: Descriptor,
  about?: unknown,
): Diagnostic {
  if (about instanceof ObolError) return ofError(step, about)
  const more = about === undefined ? '' : `: ${about instanceof Error ? about.message : String(about)}`
  return {
    severity: 'warning',
    code: descriptor.code,
    message: maskText(`${step.network}: ${descriptor.title}${more}`),
    object: step.id,
    ...(descriptor.hint === undefined ? {} : { hint: descriptor.hint }),
  }
}

function ofError(step: Pick<ChainStep, 'id' | 'network'>, error: ObolError): Diagnostic {
  const isNamed = error.message.includes(`(${step.network}, `)
  const details = error.details.length === 0 ? '' : `: ${error.details.join('; ')}`
  return {
    severity: 'warning',
    code: error.code,
    message: maskText(`${isNamed ? '' : `${step.network}: `}${error.message}${details}`),
    object: step.id,
    hint: error.hint ?? 'obol apply',
  }
}
