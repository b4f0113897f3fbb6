import type { Environment } from '@marcbachmann/cel-js'
import { POLICY_ERRORS } from '../errors/policy.ts'
import { explainSchemaErrors } from '../offers/explain-schema-errors.ts'
import { type Finding, locateFindings, reportInto } from '../offers/finding.ts'
import { createLocator } from '../offers/locate.ts'
import { parseSources } from '../offers/parse-sources.ts'
import { compareProblems, type Problem } from '../offers/problem.ts'
import type { Path, SourceFile } from '../offers/source.ts'
import type { Origin } from '../plan/desired.ts'
import { offerEnvironment, planEnvironment } from './environment.ts'
import { compileExpression, type Expression } from './expression.ts'
import type { Policy } from './policy.gen.ts'
import type { Rule } from './policy.ts'
import { fieldNames, patternMessages, validatePolicy } from './validate-policy.gen.js'

export type LoadedPolicies = { readonly rules: readonly Rule[]; readonly problems: readonly Problem[] }

type PolicyRule = Policy['spec']['rules'][number]

/** The rules in policy files, compiled once, in the order of the files; every mistake with its place. Pure. */
export function loadPolicies(files: readonly SourceFile[]): LoadedPolicies {
  const { documents, problems: unparsed } = parseSources(files)
  const locate = createLocator()
  const environments = { offer: offerEnvironment(), plan: planEnvironment() }
  const names = new Set<string>()
  const rules: Rule[] = []
  const findings: Finding[] = []
  for (const document of documents) {
    const { value } = document
    const report = reportInto(findings, document)
    if (!validatePolicy(value)) {
      explainSchemaErrors(validatePolicy.errors ?? [], value, { fieldNames, patternMessages }, report)
      continue
    }
    const { name } = value.metadata
    if (names.has(name)) report(POLICY_ERRORS.MALFORMED, ['metadata', 'name'], 'another policy has this name')
    names.add(name)
    for (const [i, rule] of value.spec.rules.entries()) {
      const at: Path = ['spec', 'rules', i]
      const compiling = { environment: environments[rule.for ?? 'offer'], report, at }
      const compiled = compileRule(name, rule, locate(document, at, 'value'), compiling)
      if (compiled !== undefined) rules.push(compiled)
    }
  }
  return { rules, problems: [...unparsed, ...locateFindings(findings, locate)].sort(compareProblems) }
}

/** Undefined when its check is no expression; every mistake of the rule is reported. */
function compileRule(
  policy: string,
  rule: PolicyRule,
  origin: Origin,
  compiling: Omit<Compiling, 'key' | 'type'>,
): Rule | undefined {
  const when = compiled(rule, { ...compiling, key: 'when', type: 'bool' })
  const check = compiled(rule, { ...compiling, key: 'check', type: 'bool' })
  const words = compiled(rule, { ...compiling, key: 'messageExpression', type: 'string' })
  if (check === undefined) return undefined
  const { name, for: subject = 'offer', severity = 'error', message, field } = rule
  return {
    name: `${policy}/${name}`,
    subject,
    severity,
    ...(when === undefined ? {} : { when }),
    check,
    message: words ?? message ?? `${rule.check} does not hold`,
    ...(field === undefined ? {} : { field }),
    origin,
  }
}

type Compiling = {
  readonly key: 'when' | 'check' | 'messageExpression'
  readonly type: 'bool' | 'string'
  readonly environment: Environment
  readonly report: ReturnType<typeof reportInto>
  readonly at: Path
}

function compiled(rule: PolicyRule, { key, type, environment, report, at }: Compiling): Expression | undefined {
  const source = rule[key]
  if (source === undefined) return undefined
  const result = compileExpression(source, environment, type)
  if ('evaluate' in result) return result
  const where = result.offset === 0 ? '' : ` (character ${result.offset + 1}: ${excerpt(source, result.offset)})`
  report(POLICY_ERRORS.MALFORMED, [...at, key], `${result.message}${where}`)
  return undefined
}

function excerpt(source: string, offset: number): string {
  return JSON.stringify(source.slice(offset, offset + 20))
}
