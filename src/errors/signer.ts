import { descriptors } from './descriptor.ts'

/** What can go wrong with a key, or with whoever holds it. */
export const SIGNER_ERRORS = descriptors({
  KEY_FILE: {
    code: 'OBOL-G001',
    title: 'the key file cannot be used',
    exitCode: 1,
    explanation:
      'It is not a regular file, others than its owner may read it, or it does not hold exactly one private key as 64 hexadecimal digits. Its content is never shown.',
  },
  KEYSTORE: {
    code: 'OBOL-G002',
    title: 'the keystore cannot be used',
    exitCode: 1,
    explanation:
      'The file is not a keystore of version 3 (Web3 Secret Storage) with aes-128-ctr and scrypt or pbkdf2. Its content is never shown.',
  },
  KEYSTORE_COST: {
    code: 'OBOL-G003',
    title: 'the keystore asks for more work or memory than is accepted',
    exitCode: 1,
    explanation:
      'The parameters of scrypt or pbkdf2 decide how long the password takes to check. Accepted: 512 MB and eight times the work of a standard keystore, or 10 million rounds of pbkdf2.',
  },
  PASSWORD_MISSING: {
    code: 'OBOL-G004',
    title: 'the password of the keystore is not known',
    exitCode: 1,
    explanation:
      'It comes from spec.signer.keystore.passwordFile in obol.yaml, a file of mode 0600, or from $OBOL_KEYSTORE_PASSWORD.',
  },
  PASSWORD_WRONG: {
    code: 'OBOL-G005',
    title: 'the password does not open the keystore',
    exitCode: 1,
    explanation:
      'The checksum (MAC) in the keystore says so: the password is of another keystore, or the file is damaged.',
  },
  SECRET_FILE: {
    code: 'OBOL-G006',
    title: 'the file with a password or token cannot be used',
    exitCode: 1,
    explanation:
      'It is not a regular file, others than its owner may read it, or it is empty or not a single line. Its content is never shown.',
  },
  SOURCE: {
    code: 'OBOL-G007',
    title: 'spec.signer does not say which key signs',
    exitCode: 1,
    explanation:
      'To apply, spec.signer in obol.yaml needs exactly one of keyFile, keystore and remote. An address alone is enough for a plan.',
  },
  KEY_NOT_HELD: {
    code: 'OBOL-G008',
    title: 'the remote signer does not hold the key',
    exitCode: 1,
    explanation: 'Its list of keys is empty, or does not name the address in spec.signer.address.',
  },
  WRONG_KEY: {
    code: 'OBOL-G010',
    title: 'the key is of another address',
    exitCode: 1,
    explanation:
      'A key or signature belongs to another address than the one that was asked for. Nothing that it signed is used.',
  },
  NOT_WHAT_WAS_ASKED: {
    code: 'OBOL-G011',
    title: 'the signer signed something else than it was asked to',
    exitCode: 1,
    explanation:
      'What came back was compared byte for byte with what was asked: every field, and a signature in the one form that chains accept. It is not used.',
  },
  REMOTE_URL: {
    code: 'OBOL-G020',
    title: 'the address of the remote signer cannot be used',
    exitCode: 1,
    explanation:
      'It must be an https URL, or an http URL of this machine (127.0.0.1, ::1, localhost), without credentials, query or fragment; or a Service as namespace/name, which is reached by port-forward.',
  },
  UNREACHABLE: {
    code: 'OBOL-G021',
    title: 'the remote signer cannot be reached',
    exitCode: 1,
    retryable: true,
    explanation: 'No connection was made, or it broke before the answer. Whatever was signed is not sent by anyone.',
  },
  TIMEOUT: {
    code: 'OBOL-G022',
    title: 'the signer did not answer in time',
    exitCode: 1,
    retryable: true,
    explanation:
      'No complete answer came in 30 seconds. Whatever was signed is not sent by anyone, so it is safe to try again.',
  },
  UNAUTHORIZED: {
    code: 'OBOL-G023',
    title: 'the remote signer does not accept the token',
    exitCode: 1,
    hint: 'kubectl get secret remote-signer-keystore --all-namespaces',
    explanation:
      'Newer signers want a bearer token: the key authToken of the Secret remote-signer-keystore. It comes from spec.signer.remote.tokenFile in obol.yaml, a file of mode 0600, or from $REMOTE_SIGNER_TOKEN.',
  },
  REFUSED: {
    code: 'OBOL-G024',
    title: 'the signer refused',
    exitCode: 1,
    explanation: 'The signer understood the request and will not sign; its words are given, masked.',
  },
  REDIRECTED: {
    code: 'OBOL-G025',
    title: 'the remote signer redirects, which is not followed',
    exitCode: 1,
    explanation: 'A redirect could carry the token and the request to another host. Give the final URL.',
  },
  BAD_ANSWER: {
    code: 'OBOL-G026',
    title: 'the answer of the remote signer is not one',
    exitCode: 1,
    explanation: 'It is not JSON, lacks a field, or is too large: something else may listen at this address.',
  },
  REMOTE_FAILED: {
    code: 'OBOL-G027',
    title: 'the remote signer failed',
    exitCode: 1,
    retryable: true,
    explanation: 'It answered with a 5xx or 429 status; its words are given, masked.',
  },
  NUMBER_TOO_LARGE: {
    code: 'OBOL-G028',
    title: 'a number is too large for a remote signer of the older kind',
    exitCode: 1,
    explanation:
      'Older signers take JSON integers, which are exact only up to 2^53. Use a newer signer with `form: strings` in spec.signer.remote.',
  },
  PORT_FORWARD: {
    code: 'OBOL-G030',
    title: 'the port-forward to the Service could not be opened',
    exitCode: 1,
    retryable: true,
    explanation: 'The API server or the node refused the stream to the Pod; the reason is given.',
  },
  SERVICE: {
    code: 'OBOL-G031',
    title: 'the Service has no Pod that is ready behind this port',
    exitCode: 1,
    retryable: true,
    explanation: 'The Service does not exist, does not have the port, or none of its Pods is ready.',
  },
  INTERRUPTED: {
    code: 'OBOL-G040',
    title: 'signing was interrupted',
    exitCode: 130,
    explanation: 'A signal or the end of the command cut it off. Nothing that was signed is used.',
  },
})
