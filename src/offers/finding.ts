import type { Descriptor } from '../errors/descriptor.ts'
import { formatPath } from './format-path.ts'
import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'
import { compareProblems } from './problem.ts'
import type { Path, SourceDocument } from './source.ts'

/** A mistake before it has a position: positions cost a second parse, so they are looked up once, at the end. */
export type Finding = {
  readonly descriptor: Descriptor
  readonly document: SourceDocument
  readonly path: Path
  readonly message: string
  readonly hint?: string
  /** Default: error. */
  readonly severity?: 'error' | 'warning'
  /** Which side of `key: value` is wrong; default: the value. */
  readonly part?: 'key' | 'value'
}

/** What a rule says of a document it was given. */
export type Report = (
  descriptor: Descriptor,
  path: Path,
  message: string,
  more?: Pick<Finding, 'hint' | 'severity' | 'part'>,
) => void

/** A reporter that collects the findings of one document. */
export function reportInto(findings: Finding[], document: SourceDocument): Report {
  return (descriptor, path, message, more = {}) => findings.push({ descriptor, document, path, message, ...more })
}

/** The findings with their positions, in the order of a report. */
export function locateFindings(findings: readonly Finding[], locate: Locate): readonly Problem[] {
  const problems = findings.map((finding): Problem => {
    const { descriptor, document, path, message, hint, severity = 'error', part = 'value' } = finding
    const { file, line, column } = locate(document, path, part)
    const problem = { severity, code: descriptor.code, file, line, column, path: formatPath(path), message }
    return hint === undefined ? problem : { ...problem, hint }
  })
  return problems.sort(compareProblems)
}
