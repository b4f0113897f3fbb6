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
})
