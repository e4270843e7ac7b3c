"""The start page, named plainly `home` because everything links to it."""

from django.urls import path

from orders.views.home import home

urlpatterns = [path("", home, name="home")]
