export type { AlarmThresholds } from './alarm-thresholds';
export { AlertRouting } from './alert-routing';
export { EcsServiceAlarms, type EcsServiceAlarmsProps } from './ecs-service-alarms';
export { EcsServiceEvents, type EcsServiceEventsProps } from './ecs-service-events';
export { EcsServiceMetrics, type EcsServiceMetricsProps } from './ecs-service-metrics';
export { EcsServiceObservability, type EcsServiceObservabilityProps } from './ecs-service-observability';
export { EcsTaskObservability, type EcsTaskObservabilityProps } from './ecs-task-observability';
