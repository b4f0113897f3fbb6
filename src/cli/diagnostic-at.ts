import type { Place } from '../errors/obol-error.ts'
import type { Diagnostic } from '../plan/types.ts'
import { maskText } from '../util/mask.ts'

/** A mistake in a file as a diagnostic, masked. */
export function diagnosticAt({ severity, code, message, path, hint, file, line, column }: Place): Diagnostic {
  return {
    severity,
    code,
    message: maskText(message),
    ...(path === '' ? {} : { field: path }),
    ...(hint === undefined ? {} : { hint }),
    origin: { file, line, column },
  }
}
