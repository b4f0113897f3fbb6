// Generated from schemas/offer.schema.json by `npm run gen`. Do not edit.

/**
 * One thing for sale: what is sold, at what price, paid to whom, on which chain. `obol plan` shows what it would change, `obol apply` does it.
 */
export interface Offer {
  /**
   * The version of this vocabulary.
   */
  apiVersion: 'offers.obol.org/v1alpha1'
  /**
   * Offer. Any other kind in the folder is taken as a Kubernetes manifest and planned as it stands.
   */
  kind: 'Offer'
  metadata: OfferMetadata
  spec: OfferSpec
  /**
   * How to settle conflicts with other owners of a field, one entry per field. Without an entry a conflict stops the apply.
   */
  fieldDecisions?: OfferFieldDecision[]
}
/**
 * Name of the offer, its namespace, labels and annotations.
 */
export interface OfferMetadata {
  /**
   * Lower-case letters, digits and `-`, at most 63. The offer is sold under `/services/<name>` unless `spec.path` says otherwise.
   */
  name: string
  /**
   * Kubernetes namespace. Default: `llm` for type inference, `default` for the others.
   */
  namespace?: string
  /**
   * Labels for every object compiled from the offer.
   */
  labels?: {
    [k: string]: string
  }
  /**
   * Annotations for the ServiceOffer.
   */
  annotations?: {
    [k: string]: string
  }
}
/**
 * What is sold, and what for; the names are those of the ServiceOffer custom resource.
 */
export interface OfferSpec {
  /**
   * What is sold: a model on this host (inference), a Service in the cluster (http), a fine-tuning job (fine-tuning) or turns of an agent (agent).
   */
  type: 'inference' | 'http' | 'fine-tuning' | 'agent'
  model?: OfferModel
  gateway?: OfferGateway
  upstream?: OfferUpstream
  agent?: OfferAgent
  payment: OfferPayment
  /**
   * All ways to pay, when there is more than one. The first must say the same as `payment`; no two may name the same token on the same chain.
   *
   * @minItems 1
   * @maxItems 16
   */
  payments?: OfferPayment1[]
  /**
   * URL path the offer is sold under. Default: `/services/<name>`. Reserved: `/`, `/services`, and `/api`, `/openapi.json`, `/skill.md`, `/rpc`, `/.well-known` with everything below.
   */
  path?: string
  /**
   * A host name of its own for this offer; one offer per host name.
   */
  hostname?: string
  branding?: OfferBranding
  /**
   * A route table. With any entry the table is complete: a path that is not in it answers 404. The more specific route wins. Without a table everything below the path is paid.
   *
   * @maxItems 128
   */
  routes?: OfferRoute[]
  async?: OfferAsync
  limits?: OfferLimits
  listing?: OfferListing
  /**
   * Where the thing sold comes from, as free key and value pairs.
   */
  provenance?: {
    [k: string]: string
  }
  registration?: OfferRegistration
  /**
   * From this moment no new payment is accepted (RFC 3339).
   */
  drainAt?: string
  /**
   * How long running work may go on after `drainAt`. Default (set by the cluster): 1h; 0s means at once.
   */
  drainGracePeriod?: string
}
/**
 * The model that an offer of type inference or fine-tuning sells.
 */
export interface OfferModel {
  /**
   * The model's name as the runtime knows it.
   */
  name: string
  /**
   * What serves the model. Default: ollama.
   */
  runtime?: 'ollama' | 'vllm' | 'tgi'
}
/**
 * The process on this host that takes requests from the cluster; for type inference.
 */
export interface OfferGateway {
  /**
   * Where the gateway listens, `:port` or `address:port`; one offer per port. Default: `:8402`.
   */
  listen?: string
  /**
   * URL of the model server on this host. Default: `http://localhost:11434`.
   */
  upstream?: string
}
/**
 * The Service of the cluster that answers paid requests; for type http.
 */
export interface OfferUpstream {
  /**
   * Name of the Service.
   */
  service: string
  /**
   * Namespace of the Service. Default: the offer's.
   */
  namespace?: string
  /**
   * Port of the Service. Default (set by the cluster): 11434.
   */
  port?: number
  /**
   * Path that answers 2xx while the Service is well. Default (set by the cluster): /health.
   */
  healthPath?: string
}
/**
 * The agent that answers paid requests; for type agent.
 */
export interface OfferAgent {
  ref: OfferAgentRef
}
/**
 * Which Agent resource.
 */
export interface OfferAgentRef {
  /**
   * Name of the Agent.
   */
  name: string
  /**
   * Namespace of the Agent; must be the offer's own, which is the default.
   */
  namespace?: string
}
/**
 * Who is paid, on which chain, in which token, and how much.
 */
export interface OfferPayment {
  /**
   * x402 payment scheme. Default (set by the cluster): exact.
   */
  scheme?: 'exact'
  /**
   * The chain, by name, alias or CAIP-2 id.
   */
  network: string
  /**
   * Address that is paid. In mixed case its EIP-55 checksum is verified.
   */
  payTo: string
  /**
   * Symbol of a token known on the chain. Default: USDC. For any other token describe it in `asset`.
   */
  token?: string
  asset?: OfferAsset
  /**
   * Seconds a signed payment stays valid. Default (set by the cluster): 300.
   */
  maxTimeoutSeconds?: number
  price: OfferPrice
}
/**
 * The token by its contract, where token does not name it.
 */
export interface OfferAsset {
  /**
   * Address of the token contract.
   */
  address: string
  /**
   * Symbol shown to buyers.
   */
  symbol?: string
  /**
   * Decimal places of the token.
   */
  decimals?: number
  /**
   * How the token is moved: a signed transfer (eip3009) or a Permit2 allowance (permit2).
   */
  transferMethod?: 'eip3009' | 'permit2'
  /**
   * Name in the token's EIP-712 domain.
   */
  eip712Name?: string
  /**
   * Version in the token's EIP-712 domain.
   */
  eip712Version?: string
}
/**
 * The price: exactly one of its keys.
 */
export interface OfferPrice {
  /**
   * Price of one request.
   */
  perRequest?: string
  /**
   * Price of a million tokens; a request is charged a thousandth of it.
   */
  perMTok?: string
  /**
   * Price of an hour; the payment verifier charges this number per request.
   */
  perHour?: string
  /**
   * Price of a training epoch. Refused: the payment verifier charges nothing for it.
   */
  perEpoch?: string
}
/**
 * One way to pay: to whom, on which chain, in which token, how much.
 */
export interface OfferPayment1 {
  /**
   * x402 payment scheme. Default (set by the cluster): exact.
   */
  scheme?: 'exact'
  /**
   * The chain, by name, alias or CAIP-2 id.
   */
  network: string
  /**
   * Address that is paid. In mixed case its EIP-55 checksum is verified.
   */
  payTo: string
  /**
   * Symbol of a token known on the chain. Default: USDC. For any other token describe it in `asset`.
   */
  token?: string
  asset?: OfferAsset
  /**
   * Seconds a signed payment stays valid. Default (set by the cluster): 300.
   */
  maxTimeoutSeconds?: number
  price: OfferPrice
}
/**
 * How the storefront shows the offer.
 */
export interface OfferBranding {
  /**
   * Title shown to buyers.
   */
  displayName?: string
  /**
   * One line under the title.
   */
  tagline?: string
  /**
   * A paragraph for buyers.
   */
  description?: string
  /**
   * URL of the logo.
   */
  logoUrl?: string
  /**
   * URL of the icon.
   */
  faviconUrl?: string
  /**
   * URL of the preview image.
   */
  ogImageUrl?: string
  /**
   * Colour scheme.
   */
  theme?: 'light' | 'dark' | 'obol'
  /**
   * Accent colour.
   */
  accentColor?: string
}
/**
 * One row of the route table.
 */
export interface OfferRoute {
  /**
   * Path below the offer's own; `*` stands for anything. The reserved paths and `/auth` may not be used.
   */
  path: string
  /**
   * HTTP methods the row is for. Default: all.
   *
   * @maxItems 9
   */
  methods?: ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS')[]
  /**
   * paid: a payment per request. free: open to all. auth: a signed-in wallet, no payment. Default (set by the cluster): paid.
   */
  gate?: 'paid' | 'free' | 'auth'
  price?: OfferPrice1
  /**
   * One line for buyers.
   */
  summary?: string
  /**
   * Requests per wallet and UTC day that are free on a paid row.
   */
  freeQuota?: number
}
/**
 * What a request of this route costs, instead of the offer's price.
 */
export interface OfferPrice1 {
  /**
   * Price of one request.
   */
  perRequest?: string
  /**
   * Price of a million tokens; a request is charged a thousandth of it.
   */
  perMTok?: string
  /**
   * Price of an hour; the payment verifier charges this number per request.
   */
  perHour?: string
  /**
   * Price of a training epoch. Refused: the payment verifier charges nothing for it.
   */
  perEpoch?: string
}
/**
 * Answers that take long: the buyer gets a ticket and fetches the result later.
 */
export interface OfferAsync {
  /**
   * Default (set by the cluster): false.
   */
  enabled?: boolean
  /**
   * Who may fetch a result. Default (set by the cluster): payer.
   */
  resultVisibility?: 'payer' | 'public'
  /**
   * How long a result is kept. Default: 72h.
   */
  ttl?: string
}
/**
 * What the ingress lets through.
 */
export interface OfferLimits {
  /**
   * Requests at the same time.
   */
  maxInFlight?: number
  /**
   * Requests per second; bursts of twice as many pass.
   */
  rps?: number
}
/**
 * Where the offer stands in the catalogue.
 */
export interface OfferListing {
  /**
   * Higher comes first. Default (set by the cluster): 0.
   */
  weight?: number
  /**
   * Heading in the catalogue.
   */
  category?: string
}
/**
 * The seller's on-chain identity (ERC-8004): one per chain and owner, shared by the offers that want it.
 */
export interface OfferRegistration {
  /**
   * Default: true where the block is given.
   */
  enabled?: boolean
  /**
   * Name in the registration document. Default: the offer's name.
   */
  name?: string
  /**
   * Description in the registration document. Default: a sentence made from the model or type.
   */
  description?: string
  /**
   * URL of an image.
   */
  image?: string
  /**
   * Further endpoints to list in the registration document.
   */
  services?: OfferRegistrationService[]
  /**
   * Trust models, such as reputation, crypto-economic or tee-attestation.
   */
  supportedTrust?: string[]
  /**
   * OASF skills.
   */
  skills?: string[]
  /**
   * OASF domains.
   */
  domains?: string[]
  /**
   * Further metadata, as key and value pairs, written on chain as well. Keys of 1 to 64 bytes, values of at most 1024; agentWallet and obol.idem are reserved.
   */
  metadata?: {
    [k: string]: string
  }
  /**
   * Address to set as the agent's wallet on chain. Default: the owner of the identity. In mixed case its EIP-55 checksum is verified.
   */
  wallet?: string
}
export interface OfferRegistrationService {
  /**
   * Protocol, such as A2A or MCP.
   */
  name: string
  /**
   * URL of the endpoint.
   */
  endpoint: string
  /**
   * Version of the protocol.
   */
  version?: string
}
/**
 * What to do about one field that another owner holds with another value.
 */
export interface OfferFieldDecision {
  /**
   * The field, as the plan writes it.
   */
  path: string
  /**
   * take: write our value and own the field. yield: leave their value and give the field up. share: adopt their value and own it as well.
   */
  decision: 'take' | 'yield' | 'share'
  /**
   * Which of the offer's objects. Default: ServiceOffer.
   */
  kind?: 'ServiceOffer' | 'Service' | 'Endpoints'
}
