import { OFFER_ERRORS } from '../errors/offers.ts'
import { groupOf, metadataOf } from '../kube/ref.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import type { IsChecksummed } from './check-address.ts'
import { checkSpec } from './check-spec.ts'
import type { Report } from './finding.ts'
import { isServiceOffer } from './manifest-ref.ts'
import { serverFields } from './server-fields.ts'

/** The rules of a Kubernetes manifest: it must be one, not be the controller's, and a ServiceOffer's money must be right. */
export function checkManifest(manifest: JsonObject, isChecksummed: IsChecksummed, report: Report): void {
  const { apiVersion, kind } = manifest
  const isKind = checkText('apiVersion', apiVersion, report) && checkText('kind', kind, report)
  if (!isKind || typeof apiVersion !== 'string') return
  checkMetadata(manifest, report)
  for (const path of serverFields(manifest)) {
    report(OFFER_ERRORS.SERVER_FIELDS, path, 'is ignored: only the API server writes it', {
      severity: 'warning',
      part: 'key',
    })
  }
  if (kind === 'RegistrationRequest' && groupOf(apiVersion) === 'obol.org') {
    const hint = { hint: 'give the offer a registration block instead' }
    report(OFFER_ERRORS.CONTROLLER_OWNED, ['kind'], 'a RegistrationRequest is made by the controller only', hint)
  }
  const { spec } = manifest
  if (!isServiceOffer(manifest)) return
  if (isJsonObject(spec)) checkSpec(spec, 'manifest', isChecksummed, report)
  else report(OFFER_ERRORS.MISSING_FIELD, ['spec'], 'is missing')
}

function checkText(field: string, value: JsonValue | undefined, report: Report): boolean {
  if (typeof value === 'string' && value !== '') return true
  const message = `${field} is missing: neither an offer nor a Kubernetes manifest`
  report(OFFER_ERRORS.NOT_AN_OBJECT, value === undefined ? [] : [field], message)
  return false
}

function checkMetadata(manifest: JsonObject, report: Report): void {
  const { name, namespace } = metadataOf(manifest)
  if (typeof name !== 'string') {
    report(OFFER_ERRORS.MISSING_FIELD, ['metadata', 'name'], 'is missing: what has no name cannot be planned')
  } else if (!isPathSegment(name)) {
    report(OFFER_ERRORS.NAME_INVALID, ['metadata', 'name'], 'must be 1 to 253 characters without /, % or blanks')
  }
  if (namespace === undefined || (typeof namespace === 'string' && DNS_LABEL.test(namespace))) return
  const message = "must be lower-case letters, digits and '-', at most 63, and start and end with a letter or digit"
  report(OFFER_ERRORS.NAME_INVALID, ['metadata', 'namespace'], message)
}

/** RFC 1123 label: `default`, `team-1`. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** What every kind demands of a name; most demand more, which the API server says. */
function isPathSegment(name: string): boolean {
  return /^[^/%\s]{1,253}$/.test(name) && name !== '.' && name !== '..'
}
