from django.urls import path

from portal.web import views

urlpatterns = [
    path("health/", views.health, name="health"),
]
