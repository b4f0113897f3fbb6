import { forbiddenField, invalidValue, notSupported, required, tooLong } from '../field-error.ts'
import type { Cause } from '../refusal.ts'
import { badRequest, invalid } from '../refusal.ts'
import type { SandboxRequest } from '../request.ts'

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

/** The query parameters of a write. */
export type WriteOptions = {
  readonly dryRun: boolean
  /** As given, else the first word of the User-Agent; may be empty. */
  readonly manager: string
  readonly fieldValidation: FieldValidation
  readonly force: boolean
}

const VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const
const MAX_MANAGER = 128

/**
 * Reads and checks the options of a write.
 * @throws Refusal 422 with all mistakes. Source: apimachinery, apis/meta/v1/validation/validation.go.
 */
export function writeOptions(
  request: SandboxRequest,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions',
  isApply = false,
): WriteOptions {
  const { query } = request
  const manager = query.get('fieldManager') ?? ''
  const validation = query.get('fieldValidation') ?? ''
  const force = query.get('force')
  const causes: Cause[] = []
  if (kind === 'PatchOptions') causes.push(...forceCauses(force, manager, isApply))
  causes.push(...managerCauses(manager), ...dryRunCauses(query.getAll('dryRun')))
  if (validation !== '' && !VALIDATIONS.some((known) => known === validation)) {
    causes.push(notSupported('fieldValidation', validation, ['', ...VALIDATIONS]))
  }
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, causes)
  return {
    dryRun: query.getAll('dryRun').length > 0,
    manager: manager === '' ? managerFromUserAgent(request.headers['user-agent'] ?? '') : manager,
    fieldValidation: VALIDATIONS.find((known) => known === validation) ?? 'Warn',
    force: force === 'true' || force === '1',
  }
}

/** The dryRun values of a query or a body, checked. */
export function dryRunCauses(values: readonly string[]): readonly Cause[] {
  return values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])]
}

function forceCauses(force: string | null, manager: string, isApply: boolean): readonly Cause[] {
  if (force !== null && !/^(?:true|false|0|1)$/.test(force)) throw badRequest(`invalid force value: ${force}`)
  if (isApply) return manager === '' ? [required('fieldManager', 'is required for apply patch')] : []
  return force === null ? [] : [forbiddenField('force', 'may not be specified for non-apply patch')]
}

function managerCauses(manager: string): readonly Cause[] {
  if (Buffer.byteLength(manager) > MAX_MANAGER) return [tooLong('fieldManager', MAX_MANAGER)]
  return /\p{C}/u.test(manager)
    ? [invalidValue('fieldManager', manager, 'should only contain printable characters')]
    : []
}

function managerFromUserAgent(userAgent: string): string {
  const [first = ''] = userAgent.split('/')
  return first.replace(/\p{C}/gu, '').slice(0, MAX_MANAGER)
}
