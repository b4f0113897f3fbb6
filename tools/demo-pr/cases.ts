/** A pull request of the demo. */
export type PullRequestCase = {
  /** Names its files: `out/02-price-switch.md`. */
  readonly name: string
  readonly title: string
  /** Path → text, or undefined for a file that is removed. */
  readonly files: Readonly<Record<string, string | undefined>>
  /** Inputs of the action beside the usual ones. */
  readonly inputs?: Readonly<Record<string, string>>
}

const PAYEE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const NEW_PAYEE = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'

type OfferOptions = { readonly price?: string; readonly payTo?: string; readonly more?: string }

/** An offer of type http; `price` and `more` are lines of YAML. */
function offer(name: string, { price = 'perRequest: "0.002"', payTo = PAYEE, more = '' }: OfferOptions = {}): string {
  return `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: ${name} }
spec:
  type: http
  upstream: { service: ${name}, port: 8080 }
  payment:
    payTo: "${payTo}"
    network: base-sepolia
    price:
      ${price}
${more}`
}

const REGISTRATION = `  registration:
    name: Analyst
    description: Reads a company's filings and answers questions about them
`

/** What is for sale before any of the pull requests, and the rules of the house. */
export const BASE_FILES: Readonly<Record<string, string>> = {
  'obol.yaml': `apiVersion: offers.obol.org/v1alpha1
kind: Workspace
metadata: { name: shop }
spec:
  id: shop-1
  host: { address: 192.0.2.10 }
  baseUrl: https://shop.example.com
  signer: { address: "${OWNER}" }
  chains: { base-sepolia: { confirmations: 1 } }
  limits: { maxFee: "0.01" }
`,
  'offers/weather.yaml': offer('weather'),
  'offers/quotes.yaml': offer('quotes', { price: 'perRequest: "0.01"' }),
  'offers/analyst.yaml': offer('analyst', { price: 'perRequest: "0.05"' }),
  'offers/maps.yaml': offer('maps', { price: 'perRequest: "0.001"' }),
  'offers/search.yaml': offer('search', { price: 'perRequest: "0.004"' }),
  'policies/house.yaml': `apiVersion: offers.obol.org/v1alpha1
kind: Policy
metadata: { name: house-rules }
spec:
  rules:
    - name: price-ceiling
      check: offer.perRequest <= decimal("0.5")
      messageExpression: '"at most 0.5 per request, not " + string(offer.perRequest)'
      field: spec.payment.price
    - name: few-deletions
      for: plan
      check: plan.delete <= 2
      message: more than two deletions want a second look
`,
  'README.md': '# Our shop\n',
  '.gitignore': 'obol-review/\nstate/\nconfig/\n',
}

/** What other field managers own in the cluster, with the values of the base: no conflict before somebody changes them. */
export const FOREIGN_FIELDS = [
  { offer: 'weather', manager: 'price-bot', spec: { payment: { price: { perRequest: '0.002' } } } },
  { offer: 'quotes', manager: 'treasury', spec: { payment: { payTo: PAYEE } } },
] as const

function catalogue(count: number): string {
  const numbers = Array.from({ length: count }, (_, i) => i + 1)
  return numbers.map((i) => offer(`item-${String(i).padStart(3, '0')}`)).join('---\n')
}

/** Pull requests of ten kinds. */
export const CASES: readonly PullRequestCase[] = [
  { name: 'add', title: 'Sell the forecast', files: { 'offers/forecast.yaml': offer('forecast') } },
  {
    name: 'price-switch',
    title: 'Charge for tokens instead of requests',
    files: { 'offers/weather.yaml': offer('weather', { price: 'perMTok: "1.5"' }) },
  },
  {
    name: 'conflict',
    title: 'Pay the quotes to the new wallet',
    files: { 'offers/quotes.yaml': offer('quotes', { price: 'perRequest: "0.01"', payTo: NEW_PAYEE }) },
  },
  { name: 'prune', title: 'Sell no maps', files: { 'offers/maps.yaml': undefined }, inputs: { prune: 'true' } },
  {
    name: 'rename',
    title: 'Call the search what it is',
    files: {
      'offers/search.yaml': undefined,
      'offers/find.yaml': offer('find', { price: 'perRequest: "0.004"' }),
    },
    inputs: { prune: 'true' },
  },
  {
    name: 'broken-yaml',
    title: 'Raise the price of weather',
    files: {
      'offers/weather.yaml': offer('weather', { price: 'perReqest: "0.003"' }),
      'offers/maps.yaml': offer('maps', { price: 'perRequest: "0.001' }),
    },
  },
  {
    name: 'policy',
    title: 'Analysts are worth more',
    files: { 'offers/analyst.yaml': offer('analyst', { price: 'perRequest: "5"' }) },
  },
  {
    name: 'registration',
    title: 'Put the analyst on the chain',
    files: { 'offers/analyst.yaml': offer('analyst', { price: 'perRequest: "0.05"', more: REGISTRATION }) },
  },
  { name: 'no-change', title: 'Say who we are', files: { 'README.md': '# Our shop\n\nWe sell data.\n' } },
  { name: '500-offers', title: 'Sell the catalogue', files: { 'offers/catalogue.yaml': catalogue(500) } },
]

/** What the action should say of each. */
export const VERDICTS: Readonly<Record<string, string>> = {
  add: 'changes, exit code 0',
  'price-switch': 'changes, exit code 0',
  conflict: 'conflicts, exit code 4',
  prune: 'changes, exit code 0',
  rename: 'changes, exit code 0',
  'broken-yaml': 'failed, exit code 1',
  policy: 'refused, exit code 6',
  registration: 'changes, exit code 0',
  'no-change': 'unchanged, exit code 0',
  '500-offers': 'changes, exit code 0',
}
