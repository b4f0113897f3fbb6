import type { ObjectRef } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import type { IsChecksummed } from './check-address.ts'
import { createChecksumTest } from './check-address.ts'
import { checkDuplicates } from './check-duplicates.ts'
import { checkManifest } from './check-manifest.ts'
import { checkOffer } from './check-offer.ts'
import { explainSchemaErrors } from './explain-schema-errors.ts'
import type { Finding } from './finding.ts'
import { locateFindings, reportInto } from './finding.ts'
import { formatPath } from './format-path.ts'
import { createLocator } from './locate.ts'
import { manifestRef } from './manifest-ref.ts'
import type { Offer } from './offer.gen.ts'
import { documentKind } from './offer-shape.ts'
import type { Problem } from './problem.ts'
import type { SourceDocument } from './source.ts'
import { fieldNames, patternMessages, validateOffer } from './validate-offer.gen.js'

/** A document without mistakes of its own. */
export type ValidDocument =
  | { readonly kind: 'offer'; readonly source: SourceDocument; readonly offer: Offer & JsonObject }
  | { readonly kind: 'manifest'; readonly source: SourceDocument; readonly ref: ObjectRef }

export type ValidationResult = { readonly documents: readonly ValidDocument[]; readonly problems: readonly Problem[] }

/**
 * Checks documents against the offer schema and the rules no schema can say, each for itself and all against each
 * other. Every mistake is reported at once, in the order of the files; documents without errors of their own come back,
 * typed. Pure.
 */
export function validateDocuments(documents: readonly SourceDocument[]): ValidationResult {
  const isChecksummed = createChecksumTest()
  const findings: Finding[] = [...checkDuplicates(documents)]
  const valid: ValidDocument[] = []
  for (const source of documents) {
    const kind = documentKind(source.value)
    if (kind === 'offer') checkOneOffer(source, isChecksummed, valid, findings)
    else if (kind === 'manifest') checkOneManifest(source, isChecksummed, valid, findings)
  }
  return { documents: valid, problems: findings.length === 0 ? [] : locateFindings(findings, createLocator()) }
}

function checkOneOffer(
  source: SourceDocument,
  isChecksummed: IsChecksummed,
  valid: ValidDocument[],
  findings: Finding[],
): void {
  const { value } = source
  const found: Finding[] = []
  const report = reportInto(found, source)
  checkOffer(value, isChecksummed, report)
  const isClean = !found.some(isError)
  if (validateOffer(value)) {
    if (isClean) valid.push({ kind: 'offer', source, offer: value })
  } else {
    // Where a rule has spoken, the schema has nothing to add.
    const spoken = new Set(found.filter(isError).map(({ path }) => formatPath(path)))
    const fromSchema: Finding[] = []
    const tables = { fieldNames, patternMessages }
    explainSchemaErrors(validateOffer.errors ?? [], value, tables, reportInto(fromSchema, source))
    found.push(...fromSchema.filter(({ path }) => !spoken.has(formatPath(path))))
  }
  findings.push(...found)
}

function checkOneManifest(
  source: SourceDocument,
  isChecksummed: IsChecksummed,
  valid: ValidDocument[],
  findings: Finding[],
): void {
  const found: Finding[] = []
  checkManifest(source.value, isChecksummed, reportInto(found, source))
  const ref = manifestRef(source.value)
  if (ref !== undefined && !found.some(isError)) valid.push({ kind: 'manifest', source, ref })
  findings.push(...found)
}

function isError({ severity }: Finding): boolean {
  return severity !== 'warning'
}
