import { descriptors } from './descriptor.ts'

/** What can be wrong with a workspace folder and its obol.yaml. */
export const WORKSPACE_ERRORS = descriptors({
  WORKSPACE_MISSING: {
    code: 'OBOL-W001',
    title: 'the folder is not a workspace: it has no obol.yaml',
    exitCode: 1,
    hint: 'obol init',
    explanation: 'A workspace is a folder with the file obol.yaml; `obol init` makes one.',
  },
  WORKSPACE_INVALID: {
    code: 'OBOL-W002',
    title: 'obol.yaml has mistakes',
    exitCode: 1,
    hint: 'obol validate',
    explanation:
      'The file does not say what a workspace file may say; each mistake is listed with its line and column.',
  },
  WORKSPACE_EXISTS: {
    code: 'OBOL-W003',
    title: 'the folder already holds files that obol init would write',
    exitCode: 1,
    hint: 'obol init OTHER-FOLDER',
    explanation: 'init never overwrites a file.',
  },
  HOST_ADDRESS_INVALID: {
    code: 'OBOL-W004',
    title: 'spec.host.address is not an address the cluster can use',
    exitCode: 1,
    explanation:
      'It must be an IPv4 or IPv6 address, and neither loopback, unspecified, link-local nor multicast: Pods reach this host by it.',
  },
  BASE_URL_INVALID: {
    code: 'OBOL-W005',
    title: 'spec.baseUrl is not a public base URL',
    exitCode: 1,
    explanation:
      'It must be an https URL, or http on this host, of an origin and perhaps a path: the document of the identity is found below it, so it has no query, fragment or credentials.',
  },
  SIGNER_INVALID: {
    code: 'OBOL-W006',
    title: 'a signer does not say where its key is',
    exitCode: 1,
    explanation:
      'A signer has exactly one of keyFile, keystore and remote, or only an address, which is enough to plan. A key itself never stands in the file.',
  },
  CHAIN_INVALID: {
    code: 'OBOL-W007',
    title: 'spec.chains says something that cannot be used',
    exitCode: 1,
    explanation:
      'Each chain is named once, and its rpc is an http or https URL, which is not shown because it may hold a key.',
  },
})
