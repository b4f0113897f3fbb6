import { OFFER_ERRORS } from '../errors/offers.ts'
import { metadataOf } from '../kube/ref.ts'
import type { Desired, DesiredObject, DesiredOffer } from '../plan/desired.ts'
import { WORKSPACE_LABEL } from '../plan/desired.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import type { SoldObject } from './compile-identities.ts'
import { compileIdentities } from './compile-identities.ts'
import { compileOffer, needsHostAddress, SERVICE_OFFER_CLOSED } from './compile-offer.ts'
import { describePrice } from './describe-price.ts'
import type { Finding } from './finding.ts'
import { locateFindings, reportInto } from './finding.ts'
import { createLocator } from './locate.ts'
import { isServiceOffer } from './manifest-ref.ts'
import { namespaceOf } from './offer-shape.ts'
import type { Problem } from './problem.ts'
import { withoutServerFields } from './server-fields.ts'
import type { ValidDocument } from './validate-documents.ts'

export type CompileOptions = {
  /** Value of the workspace label on every object. */
  readonly workspaceId: string
  /** IP address under which the cluster reaches this host; needed for inference offers with a gateway only. */
  readonly hostAddress?: string
  /** Confirmations of chains where the workspace wants another number than the table, by the name of the table. */
  readonly confirmations?: ReadonlyMap<string, { readonly confirmations?: number }>
}

export type CompileResult = { readonly desired: Desired; readonly problems: readonly Problem[] }

/**
 * Compiles checked documents to the objects that should exist, in the order of the documents. An inference offer with a
 * gateway becomes Service, Endpoints and ServiceOffer, any other offer a ServiceOffer, a manifest stays as it is; all
 * carry the workspace label. Nothing the author did not ask for is added: defaults of the CRD are left to the cluster.
 * Enabled registrations become identities, one per chain. Problems: a workspace label of another workspace, a host
 * address that is needed and missing, offers that want different things of one identity. Pure.
 */
export function compileOffers(documents: readonly ValidDocument[], options: CompileOptions): CompileResult {
  const offers: DesiredOffer[] = []
  const objects: DesiredObject[] = []
  const findings: Finding[] = []
  const sold: SoldObject[] = []
  for (const document of documents) {
    const { source } = document
    checkLabel(document, options.workspaceId, findings)
    if (document.kind === 'offer') offers.push(describeOffer(document))
    const compiled =
      document.kind === 'offer' ? compileOffer(document, options) : [compileManifest(document, options.workspaceId)]
    objects.push(...compiled)
    for (const object of compiled) if (isServiceOffer(object.manifest)) sold.push({ object, source })
  }
  checkHostAddress(documents, options, findings)
  const locate = createLocator()
  const { confirmations } = options
  const identityOptions = confirmations === undefined ? { locate } : { locate, confirmations }
  const identities = compileIdentities(sold, identityOptions, findings)
  const problems = findings.length === 0 ? [] : locateFindings(findings, locate)
  return { desired: { workspaceId: options.workspaceId, offers, objects, identities }, problems }
}

function describeOffer({ source, offer }: ValidDocument & { kind: 'offer' }): DesiredOffer {
  return {
    name: offer.metadata.name,
    namespace: namespaceOf(offer),
    type: offer.spec.type,
    network: offer.spec.payment.network,
    price: describePrice(offer.spec),
    origin: source.origin,
  }
}

function compileManifest({ source, ref }: ValidDocument & { kind: 'manifest' }, workspaceId: string): DesiredObject {
  const manifest = withoutServerFields(source.value)
  const metadata = metadataOf(manifest)
  const { labels } = metadata
  const namespace = ref.namespace === undefined ? {} : { namespace: ref.namespace }
  const marked = { ...(isJsonObject(labels) ? labels : {}), [WORKSPACE_LABEL]: workspaceId }
  return {
    ref,
    manifest: { ...manifest, metadata: { ...metadata, ...namespace, labels: marked } },
    origin: source.origin,
    closed: isServiceOffer(manifest) ? SERVICE_OFFER_CLOSED : [],
    decisions: [],
  }
}

function checkLabel({ source }: ValidDocument, workspaceId: string, findings: Finding[]): void {
  const stated = labelsOf(source.value)?.[WORKSPACE_LABEL]
  if (stated === undefined || stated === workspaceId) return
  const report = reportInto(findings, source)
  const path = ['metadata', 'labels', WORKSPACE_LABEL]
  report(OFFER_ERRORS.LABEL_RESERVED, path, 'is set by obol: leave it out', { part: 'key' })
}

function labelsOf(value: JsonObject): JsonObject | undefined {
  const { labels } = metadataOf(value)
  return isJsonObject(labels) ? labels : undefined
}

function checkHostAddress(documents: readonly ValidDocument[], options: CompileOptions, findings: Finding[]): void {
  if (options.hostAddress !== undefined) return
  const needy = documents.filter(needsHostAddress)
  const [first] = needy
  if (first === undefined) return
  const others = needy.length === 1 ? '' : ` (and ${needy.length - 1} more)`
  const message = `the address under which the cluster reaches this host is not known; this offer${others} needs it`
  const hint = { hint: 'set spec.host.address in obol.yaml', part: 'key' } as const
  reportInto(findings, first.source)(OFFER_ERRORS.HOST_ADDRESS_MISSING, ['spec', 'gateway'], message, hint)
}
