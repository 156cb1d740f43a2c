package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/jsii-runtime-go"
	"github.com/example/django-on-fargate-go/djangofargateconstruct"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("SiteExample"), nil)
	repository := awsecr.Repository_FromRepositoryName(stack, jsii.String("Repository"), jsii.String("shop"))
	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z0123456789ABCDEFGHIJ"),
		ZoneName:     jsii.String("example.com"),
	})

	site := djangofargateconstruct.NewDjangoFargateService(stack, jsii.String("Site"), &djangofargateconstruct.DjangoFargateServiceProps{
		Image:  awsecs.ContainerImage_FromEcrRepository(repository, jsii.String("v1.4.2")),
		Domain: djangofargateconstruct.SiteDomain_HostedZone(zone, jsii.String("www.example.com"), nil),
	})
	site.AddWorker(jsii.String("Worker"), &djangofargateconstruct.DjangoWorkerProps{
		Queues: jsii.Strings("default"),
	})
	site.AddBeat(jsii.String("Beat"), nil)
	site.AddScheduledCommand(jsii.String("ClearSessions"), &djangofargateconstruct.ScheduledCommandProps{
		Command: jsii.Strings("clearsessions"),
		Schedule: awsscheduler.ScheduleExpression_Cron(&awsscheduler.CronOptionsWithTimezone{
			Hour:   jsii.String("3"),
			Minute: jsii.String("0"),
		}),
	})

	app.Synth(nil)
}
