{{- define "iomconnector.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "iomconnector.selector" -}}
app.kubernetes.io/name: iomconnector
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "iomconnector.labels" -}}
{{ include "iomconnector.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "iomconnector.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "iomconnector.environment" -}}
- name: IOMC_ASSEMBLY
  value: {{ .Values.assembly | quote }}
- name: IOMC_ENVIRONMENT
  value: {{ .Values.environment | quote }}
- name: IOMC_DATABASE_URL_FILE
  value: /run/secrets/iomconnector/database-url
- name: IOMC_SECRET_KEY_FILE
  value: /run/secrets/iomconnector/secret-key
- name: IOMC_OPERATIONS_TOKEN_FILE
  value: /run/secrets/iomconnector/operations-token
- name: IOMC_OPERATIONS_HOST
  value: "0.0.0.0"
- name: IOMC_SHUTDOWN_GRACE
  value: {{ .Values.shutdownGrace | quote }}
{{- range $name, $value := .Values.settings }}
- name: {{ printf "IOMC_%s" (upper $name) }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "iomconnector.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: secrets
    secret:
      secretName: {{ .Values.existingSecret }}
      defaultMode: 0440
      items:
        - key: {{ .Values.secretKeys.databaseUrl }}
          path: database-url
        - key: {{ .Values.secretKeys.secretKey }}
          path: secret-key
        - key: {{ .Values.secretKeys.operationsToken }}
          path: operations-token
  - name: temporary
    emptyDir: {}
  - name: data
    emptyDir: {}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "iomconnector.container" -}}
image: {{ include "iomconnector.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: secrets
    mountPath: /run/secrets/iomconnector
    readOnly: true
  - name: temporary
    mountPath: /tmp
  - name: data
    mountPath: /var/lib/iomconnector
{{- end }}

{{- define "iomconnector.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: operations}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /health/live, port: operations}
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /health/ready, port: operations}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}
