import { descriptors } from './descriptor.ts'

/** Every mistake an offer file can hold; `obol validate` reports all of them at once. */
export const OFFER_ERRORS = descriptors({
  OFFERS_INVALID: {
    code: 'OBOL-O001',
    title: 'the offers have mistakes',
    exitCode: 1,
    hint: 'obol validate',
    explanation:
      'Nothing is planned or applied until every mistake of severity error is gone. Each is listed with its file, line and column.',
  },
  SOURCE_UNREADABLE: {
    code: 'OBOL-O002',
    title: 'a file or folder cannot be read',
    exitCode: 1,
    hint: 'ls -l PATH',
    explanation: 'The path does not exist, is neither a file nor a folder, or may not be read by this user.',
  },
  SOURCE_TOO_LARGE: {
    code: 'OBOL-O003',
    title: 'a file is larger than 10 MiB',
    exitCode: 1,
    explanation: 'Offers are small. A larger file is most likely something else; if it is not, split it.',
  },
  SOURCE_NOT_TEXT: {
    code: 'OBOL-O004',
    title: 'a file is not UTF-8 text',
    exitCode: 1,
    explanation: 'Offer files are YAML or JSON in UTF-8.',
  },
  SOURCE_EMPTY: {
    code: 'OBOL-O005',
    title: 'a folder holds no offer files',
    exitCode: 1,
    explanation:
      'Files ending in .yaml, .yml or .json are read, in all subfolders; names that start with a dot are skipped.',
  },
  YAML_SYNTAX: {
    code: 'OBOL-O010',
    title: 'the YAML is broken',
    exitCode: 1,
    explanation: 'The document cannot be read as YAML 1.2. Indent with blanks, never with tabs.',
  },
  DUPLICATE_KEY: {
    code: 'OBOL-O011',
    title: 'a key is given twice in one mapping',
    exitCode: 1,
    explanation: 'Only one of the two values could win, and readers disagree on which.',
  },
  ALIAS: {
    code: 'OBOL-O012',
    title: 'an alias cannot be expanded',
    exitCode: 1,
    explanation:
      'The alias has no anchor before it, contains itself, or the aliases of the file expand to more than 100,000 values.',
  },
  NOT_JSON: {
    code: 'OBOL-O013',
    title: 'a value has no JSON form',
    exitCode: 1,
    explanation:
      'Kubernetes objects are JSON: no infinities, no binary or custom tags, no keys that are lists, mappings or null.',
  },
  INTEGER_TOO_LARGE: {
    code: 'OBOL-O014',
    title: 'a number is too large to be exact',
    exitCode: 1,
    explanation:
      'Beyond 2^53 a JSON number loses digits on the way. Where a large number is wanted, it is written as a string.',
  },
  NOT_AN_OBJECT: {
    code: 'OBOL-O015',
    title: 'a document is neither an offer nor a Kubernetes manifest',
    exitCode: 1,
    explanation: 'Every document needs apiVersion, kind and metadata.name.',
  },
  UNKNOWN_FIELD: {
    code: 'OBOL-O020',
    title: 'a field is not known',
    exitCode: 1,
    explanation: 'Unknown fields are refused, because a misspelt one would be silently without effect.',
  },
  MISSING_FIELD: {
    code: 'OBOL-O021',
    title: 'a required field is missing',
    exitCode: 1,
    explanation: 'The field has no default that would be right for everybody.',
  },
  WRONG_TYPE: {
    code: 'OBOL-O022',
    title: 'a value has the wrong type',
    exitCode: 1,
    explanation: 'Numbers and strings are different things in YAML: "5" is a string, 5 is a number.',
  },
  INVALID_VALUE: {
    code: 'OBOL-O023',
    title: 'a value is not allowed',
    exitCode: 1,
    explanation: 'The value is outside what the field takes; the message says what that is.',
  },
  WRONG_FOR_TYPE: {
    code: 'OBOL-O024',
    title: 'a field does not fit the type of the offer',
    exitCode: 1,
    explanation:
      'gateway belongs to inference, agent to agent; inference names its model; http and fine-tuning need an upstream.',
  },
  PRICE_KEYS: {
    code: 'OBOL-O030',
    title: 'a price must have exactly one key',
    exitCode: 1,
    explanation:
      'With two keys the payment verifier charges the first of perRequest, perMTok, perHour; with none the service is free.',
  },
  PRICE_FORMAT: {
    code: 'OBOL-O031',
    title: 'a price is not a positive decimal in quotes',
    exitCode: 1,
    explanation:
      'A price is a string such as "0.002": no sign, exponent, blanks or leading zeros, and not zero. What is free is a route with gate: free.',
  },
  PRICE_TOO_SMALL: {
    code: 'OBOL-O032',
    title: 'a price rounds to nothing',
    exitCode: 1,
    explanation:
      'A price is charged in the smallest units of the token, rounded half up; this one would be charged as zero.',
  },
  PRICE_ROUNDED: {
    code: 'OBOL-O033',
    title: 'a price has more digits than the token',
    exitCode: 1,
    explanation:
      'A price is charged in the smallest units of the token, rounded half up, so buyers pay another amount than the offer says.',
  },
  PRICE_UNIT: {
    code: 'OBOL-O034',
    title: 'the payment verifier does not charge by this unit',
    exitCode: 1,
    explanation:
      'The verifier charges the number of perHour once per request, which is a warning, and nothing for perEpoch, which is refused: the service would be free.',
  },
  NETWORK_UNKNOWN: {
    code: 'OBOL-O035',
    title: 'the network is not known',
    exitCode: 1,
    explanation: 'A network is given by its name, an alias or its CAIP-2 id.',
  },
  TOKEN_UNKNOWN: {
    code: 'OBOL-O036',
    title: 'the token is not known on the network',
    exitCode: 1,
    explanation: 'Only tokens with a known contract can be named by symbol; any other is described in payment.asset.',
  },
  ASSET_MISMATCH: {
    code: 'OBOL-O037',
    title: 'the asset contradicts what is known of the token',
    exitCode: 1,
    explanation:
      'The contract at this address has other decimals, another transfer method or another EIP-712 domain, or both token and asset are given.',
  },
  ADDRESS_INVALID: {
    code: 'OBOL-O038',
    title: 'an address is not valid',
    exitCode: 1,
    explanation: 'An address is 0x and 40 hexadecimal digits, and not the zero address, from which nothing comes back.',
  },
  ADDRESS_CHECKSUM: {
    code: 'OBOL-O039',
    title: 'the checksum of an address is wrong',
    exitCode: 1,
    explanation:
      'The upper and lower case letters of an address are its EIP-55 checksum. A wrong one means a mistyped or altered address.',
  },
  PAYMENTS_MIRROR: {
    code: 'OBOL-O040',
    title: 'the first of payments differs from payment',
    exitCode: 1,
    explanation: 'Where payments is given, buyers are shown it instead of payment; the first entry must say the same.',
  },
  PAYMENTS_DUPLICATE: {
    code: 'OBOL-O041',
    title: 'a token is offered twice on one chain',
    exitCode: 1,
    explanation: 'A buyer pays in one token on one chain; two prices for it are ambiguous.',
  },
  REGISTRATION_NETWORK: {
    code: 'OBOL-O042',
    title: 'identities cannot be registered on this network',
    exitCode: 1,
    explanation:
      'The chain has no ERC-8004 identity registry. Set registration.enabled: false, or be paid on a chain that has one.',
  },
  PATH_RESERVED: {
    code: 'OBOL-O043',
    title: 'a path is reserved',
    exitCode: 1,
    explanation:
      'The path serves the catalogue, the storefront or the chain gateway, or has segments that a proxy may rewrite.',
  },
  ROUTE_GATE: {
    code: 'OBOL-O044',
    title: 'price and freeQuota belong to paid routes',
    exitCode: 1,
    explanation: 'A route with gate free or auth is never charged.',
  },
  REGISTRATION_UNFOLLOWED: {
    code: 'OBOL-O045',
    title: 'the cluster does not follow registrations on this network',
    exitCode: 1,
    explanation:
      'The controller of the cluster follows identities on ethereum, base and base-sepolia, and on a local anvil. Elsewhere the identity can be registered, but the offer stays not Ready.',
  },
  REGISTRATION_METADATA: {
    code: 'OBOL-O046',
    title: 'the registration has metadata that cannot be written on chain',
    exitCode: 1,
    explanation:
      'The registry refuses the key agentWallet and obol.idem is our own. A key has 1 to 64 bytes, a value at most 1024: each is paid for by the byte.',
  },
  IDENTITY_CONFLICT: {
    code: 'OBOL-O047',
    title: 'two offers want one identity to be different things',
    exitCode: 1,
    explanation:
      'All offers that are registered on one chain share one identity, so they cannot name two wallets or two values for one metadata key.',
  },
  DUPLICATE_NAME: {
    code: 'OBOL-O050',
    title: 'an object is declared twice',
    exitCode: 1,
    explanation:
      'Kind, namespace and name identify an object; of two declarations only one can be applied. An inference offer also declares a Service and Endpoints of its name.',
  },
  DUPLICATE_PATH: {
    code: 'OBOL-O051',
    title: 'two offers claim one path',
    exitCode: 1,
    explanation:
      'A path can lead to one offer only; the cluster lets the older one win. A trailing slash makes no difference.',
  },
  DUPLICATE_HOSTNAME: {
    code: 'OBOL-O052',
    title: 'two offers claim one host name',
    exitCode: 1,
    explanation: 'A host name can lead to one offer only. Letter case makes no difference.',
  },
  DUPLICATE_PORT: {
    code: 'OBOL-O053',
    title: 'two gateways listen on one port',
    exitCode: 1,
    explanation: 'Each inference offer has a gateway process of its own on this host.',
  },
  NAME_INVALID: {
    code: 'OBOL-O060',
    title: 'a name is not valid in Kubernetes',
    exitCode: 1,
    explanation: 'The API server would refuse the object.',
  },
  AGENT_NAMESPACE: {
    code: 'OBOL-O061',
    title: 'the agent is in another namespace than the offer',
    exitCode: 1,
    explanation: 'The controller refuses to sell an agent of a namespace that the offer does not belong to.',
  },
  GATEWAY_INVALID: {
    code: 'OBOL-O062',
    title: 'the gateway cannot run like this',
    exitCode: 1,
    explanation:
      'listen is :port or address:port, where the cluster can reach the address; upstream is an http or https URL without credentials.',
  },
  HOST_ADDRESS_MISSING: {
    code: 'OBOL-O063',
    title: 'the address of this host is not known',
    exitCode: 1,
    hint: 'set spec.host.address in obol.yaml to the address under which the cluster reaches this host',
    explanation:
      'An inference offer sends paid requests from the cluster to this host. Its address could not be found.',
  },
  LABEL_RESERVED: {
    code: 'OBOL-O064',
    title: 'the workspace label is set by obol',
    exitCode: 1,
    explanation:
      'The label offers.obol.org/workspace says which workspace owns an object; a manifest may not say otherwise.',
  },
  CONTROLLER_OWNED: {
    code: 'OBOL-O065',
    title: 'the object belongs to the controller',
    exitCode: 1,
    explanation:
      'RegistrationRequests are made by the serviceoffer-controller from the offers; one of ours would be fought over.',
  },
  SERVER_FIELDS: {
    code: 'OBOL-O066',
    title: 'a field that only the API server writes is ignored',
    exitCode: 1,
    explanation:
      'status, managedFields, uid, resourceVersion and the like come from a running cluster and are left out of what is applied.',
  },
})
