/** Where the server's index has the document of an API version: `apis/obol.org/v1alpha1`, `api/v1`. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
}
