package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/example/django-on-fargate-go/ecsobservability"
)

const arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:"

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("ShopAlarms"), nil)

	service := awsecs.BaseService_FromServiceArnWithCluster(stack, jsii.String("Service"),
		jsii.String("arn:aws:ecs:eu-west-1:111122223333:service/production/shop"))
	targetGroup := awselasticloadbalancingv2.ApplicationTargetGroup_FromTargetGroupAttributes(stack, jsii.String("TargetGroup"),
		&awselasticloadbalancingv2.TargetGroupAttributes{
			TargetGroupArn:   jsii.String(arn + "targetgroup/shop/0123456789abcdef"),
			LoadBalancerArns: jsii.String(arn + "loadbalancer/app/edge/fedcba9876543210"),
		})

	ecsobservability.NewEcsServiceObservability(stack, jsii.String("Observability"), &ecsobservability.EcsServiceObservabilityProps{
		Service:     service,
		TargetGroup: targetGroup,
		Alerts:      ecsobservability.AlertRouting_Topics(awssns.NewTopic(stack, jsii.String("Alerts"), nil), nil),
	})

	app.Synth(nil)
}
