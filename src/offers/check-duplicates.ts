import type { Descriptor } from '../errors/descriptor.ts'
import { OFFER_ERRORS } from '../errors/offers.ts'
import { objectId } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject, jsonAt } from '../util/json.ts'
import type { Finding } from './finding.ts'
import { isServiceOffer, manifestRef } from './manifest-ref.ts'
import { defaultPath, normalPath } from './offer-path.ts'
import { documentKind, gatewayPort, hasGateway, namespaceOf } from './offer-shape.ts'
import type { Path, SourceDocument } from './source.ts'

/** What two documents claim that only one can have: an object's name, a path, a host name, a port. */
export function checkDuplicates(documents: readonly SourceDocument[]): readonly Finding[] {
  const findings: Finding[] = []
  const claimed = new Map<string, SourceDocument>()
  for (const document of documents) {
    const claims = claimsOf(document.value)
    // A second declaration of the same offer repeats its default path too; once is enough.
    const isTwin = claims.some(({ descriptor, key }) => descriptor === OFFER_ERRORS.DUPLICATE_NAME && claimed.has(key))
    for (const { key, descriptor, path, what, isImplied } of claims) {
      const other = claimed.get(key)
      if (other === undefined) claimed.set(key, document)
      else if (!(isTwin && isImplied)) {
        const { file, line } = other.origin
        findings.push({ descriptor, document, path, message: `${what} is taken already by ${file}:${line}` })
      }
    }
  }
  return findings
}

type Claim = {
  readonly key: string
  readonly descriptor: Descriptor
  readonly path: Path
  /** For people: `Service llm/aeon`. */
  readonly what: string
  /** True for what follows from the name. */
  readonly isImplied: boolean
}

function claimsOf(value: JsonObject): readonly Claim[] {
  const kind = documentKind(value)
  if (kind === 'workspace') return []
  if (kind === 'offer') return [...offerNames(value), ...addressClaims(value), ...portClaims(value)]
  const names = manifestNames(value)
  return isServiceOffer(value) ? [...names, ...addressClaims(value)] : names
}

function offerNames(offer: JsonObject): readonly Claim[] {
  const name = jsonAt(offer, ['metadata', 'name'])
  if (typeof name !== 'string') return []
  const place = `${namespaceOf(offer)}/${name}`
  const own = nameClaim(`ServiceOffer.obol.org/${place}`, `the offer ${place}`, false)
  if (!hasGateway(offer)) return [own]
  const children = ['Service', 'Endpoints'].map((kind) => nameClaim(`${kind}/${place}`, `${kind} ${place}`, true))
  return [own, ...children]
}

function manifestNames(manifest: JsonObject): readonly Claim[] {
  const ref = manifestRef(manifest)
  if (ref === undefined) return []
  const place = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`
  return [nameClaim(objectId(ref), `${ref.kind} ${place}`, false)]
}

function nameClaim(id: string, what: string, isImplied: boolean): Claim {
  return { key: `name ${id}`, descriptor: OFFER_ERRORS.DUPLICATE_NAME, path: ['metadata', 'name'], what, isImplied }
}

function addressClaims(value: JsonObject): readonly Claim[] {
  const { spec } = value
  const name = jsonAt(value, ['metadata', 'name'])
  const claims: Claim[] = []
  const stated = isJsonObject(spec) ? spec['path'] : undefined
  const path = typeof stated === 'string' ? stated : typeof name === 'string' ? defaultPath(name) : undefined
  if (path !== undefined) {
    const isImplied = typeof stated !== 'string'
    claims.push({
      key: `path ${normalPath(path)}`,
      descriptor: OFFER_ERRORS.DUPLICATE_PATH,
      path: isImplied ? ['metadata', 'name'] : ['spec', 'path'],
      what: `the path ${normalPath(path)}`,
      isImplied,
    })
  }
  const hostname = isJsonObject(spec) ? spec['hostname'] : undefined
  if (typeof hostname === 'string') {
    const key = `hostname ${hostname.toLowerCase()}`
    const what = `the host name ${hostname.toLowerCase()}`
    claims.push({
      key,
      descriptor: OFFER_ERRORS.DUPLICATE_HOSTNAME,
      path: ['spec', 'hostname'],
      what,
      isImplied: false,
    })
  }
  return claims
}

function portClaims(offer: JsonObject): readonly Claim[] {
  const port = gatewayPort(offer)
  if (port === undefined) return []
  const path = ['spec', 'gateway', 'listen']
  const what = `the gateway port ${port}`
  return [{ key: `port ${port}`, descriptor: OFFER_ERRORS.DUPLICATE_PORT, path, what, isImplied: false }]
}
